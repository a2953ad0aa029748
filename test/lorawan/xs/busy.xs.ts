/** Under XS: a link whose script is busy when a receive window opens. Prints a line for each confirmed uplink. */
import Flash from "flash";
import Host from "host";
import { LoraRadio } from "lorawan/radio";
import { LoRaWAN, type RegionName } from "lorawan/lorawan";
import { cmac, encryptBlock } from "loracrypto";
import Timer from "timer";

const { chip, region, dataRate, credentials, from, ms, uplinks } = JSON.parse(Host.args[0]!) as {
  chip: "sx1262" | "sx1276";
  region: RegionName;
  dataRate: number;
  credentials: { devEui: string; joinEui: string; appKey: string };
  /** ms after an uplink's end at which script begins to compute; and for how long it does. */
  from: number;
  ms: number;
  uplinks: number;
};

const radio = await LoraRadio.open({ chip, rfSwitch: "dio2" });
let busy = [0, 0];
const compute = (end: number) => {
  const begin = radio.now();
  while (radio.now() < begin + ms);
  busy = [Math.round(begin - end), Math.round(radio.now() - end)];
};
const link = new LoRaWAN({
  radio,
  clock: radio,
  crypto: { cmac, encryptBlock },
  flash: new Flash("session") as never,
  region,
  credentials,
  dataRate,
  adr: false,
  onRadio({ kind, at }) {
    if (kind !== "uplink") return;
    if (from === 0) compute(at);
    else Timer.set(() => compute(at), from - (radio.now() - at));
  },
});
await link.join();
for (let i = 0; i < uplinks; i++) {
  await radio.until(link.nextSendAt(4));
  const result = await link.send(7, Uint8Array.of(1, 2, 3, i), { confirmed: true });
  trace(`${JSON.stringify({ ...result, busy })}\n`);
}
radio.close();
