import Host from "host";
import Radio, { type Chip } from "lora";

/** One of many: sends its number every `interval` ms, `count` times, listens in two windows after each, and prints how many packets it received. */
const [name = "0", count = "1", interval = "1000", chip = "sx1262"] = Host.args;
const up = { frequency: 868100000, sf: 7, bandwidth: 125000 };

export default async function main() {
  const radio = new Radio({ chip: chip as Chip });
  let heard = 0;
  let next = 100 + Number(name) * 45;
  for (let i = 0; i < Number(count); i++, next += Number(interval)) {
    // A window far from any traffic is the clock that this program needs.
    await radio.receive({ ...up, frequency: 869900000, at: next, timeoutSymbols: 8 });
    const { endedAt } = await radio.transmit(
      new Uint8Array([Number(name), i & 255, i >> 8, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
      { ...up, power: 14 },
    );
    let packet = await radio.receive({ ...up, invertIQ: true, at: endedAt + 1000 - 2, timeoutSymbols: 12 });
    packet ??= await radio.receive({
      ...up,
      frequency: 869525000,
      sf: 9,
      invertIQ: true,
      at: endedAt + 2000 - 8,
      timeoutSymbols: 12,
    });
    if (packet?.payload[0] === Number(name)) heard++;
    await radio.sleep();
  }
  radio.close();
  trace(`${JSON.stringify({ name, heard, at: next })}\n`);
}
