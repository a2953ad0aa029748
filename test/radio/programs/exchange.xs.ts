import Host from "host";
import Radio, { type Chip } from "lora";

/** Sends, listens for the answer a second later, twice; then sleeps. One line of JSON per event. */
const modulation = { frequency: 868100000, sf: 7, bandwidth: 125000 };
const chip = (Host.args[0] ?? "sx1262") as Chip;

export default async function main() {
  const radio = new Radio({ chip, rfSwitch: "dio2", tcxoVoltage: 1.8, regulator: "dcdc" });
  for (let round = 0; round < 2; round++) {
    const payload = new Uint8Array([0x40, 1, 2, 3, 4, 5, round]);
    const { endedAt } = await radio.transmit(payload, { ...modulation, power: 14 });
    trace(`${JSON.stringify({ sent: endedAt })}\n`);
    const packet = await radio.receive({ ...modulation, invertIQ: true, at: endedAt + 1000 - 3, timeoutSymbols: 16 });
    trace(
      `${JSON.stringify({ heard: packet ? [...packet.payload] : null, rssi: packet?.rssi, snr: packet?.snr, endedAt: packet?.endedAt, now: radio.now() })}\n`,
    );
    await radio.sleep();
  }
  trace(
    `${JSON.stringify({ random: (await radio.random()) > 0, level: await radio.rssi(modulation, 5), busy: await radio.cad(modulation) })}\n`,
  );
  await radio.sleep({ warm: false });
  await radio.transmit(new Uint8Array([0x40, 1, 2, 3, 4, 5, 2]), { ...modulation, power: 14 });
  // The radio is closed within the driver's callback for the packet.
  const closed = radio.listen({ ...modulation, invertIQ: true }, () => radio.close());
  await closed.catch((error: unknown) => trace(`${JSON.stringify({ message: (error as Error).message })}\n`));
  trace(`${JSON.stringify({ closed: true })}\n`);
}
