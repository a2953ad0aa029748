/**
 * A node that samples without a pause, and sends a confirmed uplink. As it ends the last fragment of the package comes that the first argument is, in hexadecimal of its setup; the
 * others are there before. Prints a line when the package is checked.
 */
import bus from "sim/i2cbus";
import { Lis3dhSim } from "sim/lis3dh";
import Flash from "flash";
import Host from "host";
import { cmac, encryptBlock } from "loracrypto";
import { type OtaaCredentials, LoRaWAN } from "lorawan/lorawan";
import { LoraRadio } from "lorawan/radio";
import { parseHex } from "codec/hex";
import Resource from "Resource";
import Sleep from "sleep";
import Timer from "timer";
import { encodeFragmentRequest, encodeSetup, type FragmentSetup } from "codec/fragments";
import type { NodeConfig } from "config";
import { GuardedFlash } from "flash/guarded";
import { blockIntKey, BlockMic } from "fragments/mic";
import { FragmentReception } from "fragments/reception";
import { Intake } from "intake";
import { readConfig } from "resources";
import { Sampler } from "sampler";
import openSensor from "sensors";
import { FieldUpdates } from "update/fieldupdates";

const description = readConfig();
const { radio: settings } = description;
const size = 200;
// In place.
const bytes = new Uint8Array(new Resource("package"));
const count = Math.ceil(bytes.length / size);
const fragment = (number: number): Uint8Array => {
  const data = new Uint8Array(size);
  data.set(bytes.subarray((number - 1) * size, number * size));
  return encodeFragmentRequest({ command: "fragment", index: 0, number, data });
};

let isAccepted = false;
const updates = new FieldUpdates({
  description,
  openFlash: () =>
    new GuardedFlash(new Flash("scripts") as never, (what, error) => {
      throw new Error(`${what}: ${String(error)}`);
    }),
  starts: { isFailure: false, forgive() {}, expectReset() {} },
  journal: (event, fields) => trace(`${JSON.stringify({ event, ...fields })}\n`),
});
updates.run({
  report: () => true,
  reportSettings: () => true,
  restart: () => (isAccepted = true),
  onIdle: () => {},
  uptime: () => 1000,
});

/** ms of each step. */
const steps: number[] = [];
const key = blockIntKey(parseHex(settings.appKey!, 16, "appKey"), encryptBlock);
const reception: FragmentReception = new FragmentReception({
  isReady: () => true,
  staging: updates.staging!,
  key: () => key,
  encryptBlock,
  answer() {},
  later: (run) =>
    void Timer.set(() => {
      const before = Sleep.rtc;
      run();
      steps.push(Sleep.rtc - before);
    }),
  fetch() {},
  onChange() {},
  journal() {},
});

const setup: FragmentSetup = {
  index: 0,
  count,
  size,
  algorithm: 0,
  isAcknowledged: true,
  blockAckDelay: 0,
  groups: 0,
  padding: count * size - bytes.length,
  descriptor: Uint8Array.of(0x4c, 0x50, 1, 0),
  counter: 1,
  mic: new Uint8Array(4),
};
const mic = new BlockMic(key, setup, bytes.length, (at, length) => bytes.subarray(at, at + length), encryptBlock);
mic.step(bytes.length);
setup.mic = mic.result;
encodeSetup(setup);
reception.receive(encodeFragmentRequest({ command: "setup", setup }));
for (let number = 1; number < count; number++) reception.receive(fragment(number));

const chip = new Lis3dhSim();
chip.world = () => [0, 0, 9.8];
bus.attach(0x18, chip);
const hardware = { chip: "lis3dh", axis: "z", data: 21, clock: 22, address: 24, fullScale: 4 };
const node = {
  sensors: [{ name: "z", unit: "", rate: 64, range: [-1000, 1000], stuckSeconds: 0, hardware }],
  window: { seconds: 8, everySeconds: 8, frames: 1 },
  features: { statistics: [], spanSeconds: 8, spectra: [], correlations: [] },
} as unknown as NodeConfig;
const faults: unknown[] = [];
let windows = 0;
let result: object | undefined;
const intake = new Intake(node, { onFault: (sensor, kind, count) => faults.push([sensor, kind, count]) });
new Sampler(node, openSensor, intake, {
  onWindow() {
    windows++;
    // A window that was under way while the package was checked is whole, too.
    if (!result || steps.length === 0 || windows < 3) return;
    // The first one ends with the last fragment's write, the last one with the record that the package has come.
    const longest = Math.max(...steps.slice(1, -1));
    const [first, last] = [steps[0]!, steps.at(-1)!];
    const sum = steps.reduce((all, ms) => all + ms, 0);
    trace(
      `${JSON.stringify({ event: "checked", isAccepted, steps: steps.length, longest, first, last, sum, late, faults, ...result })}\n`,
    );
    Host.exit(0);
  },
  onClockJump: () => faults.push("clock jumped"),
  onSensorError: (_, error) => faults.push(String(error)),
}).start();

/** The most by which a timer that is due every 50 ms was late while the package was checked. */
let late = 0;
let due = 0;
function probe(): void {
  const now = Sleep.rtc;
  if (steps.length > 1 && !isAccepted) late = Math.max(late, now - due);
  due = now + 50;
  Timer.set(probe, 50);
}
probe();

async function send(): Promise<void> {
  const radio = await LoraRadio.open(settings.board);
  const link: LoRaWAN = new LoRaWAN({
    ...settings,
    radio,
    clock: radio,
    crypto: { cmac, encryptBlock },
    flash: new Flash("session") as never,
    credentials: settings as OtaaCredentials,
    adr: false,
    onRadio: ({ kind }) => {
      if (kind === "uplink") reception.receive(fragment(count));
    },
  });
  await link.join();
  await radio.until(link.nextSendAt(4));
  result = { ...(await link.send(7, Uint8Array.of(1, 2, 3), { confirmed: true })), duringCheck: !isAccepted };
}
void send();
