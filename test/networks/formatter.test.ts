import { readFile } from "node:fs/promises";
import vm from "node:vm";
import test from "ava";
import * as codec from "../../device/codec/codec.js";
import { limitNames, limitRanges } from "../../device/codec/settings.js";
import type { SettingsInForce } from "../../device/codec/settingsreport.js";
import type { UpdateStatus } from "../../device/codec/update.js";

interface Formatter {
  decodeUplink(input: object): { data?: Record<string, unknown>; errors?: string[]; warnings?: string[] };
  encodeDownlink(input: object): { bytes?: number[]; fPort?: number; errors?: string[] };
  decodeDownlink(input: object): { data?: object; errors?: string[] };
}

/** The file that is pasted into a network server's console, in a context without anything. */
const formatter = (async () => {
  const file = new URL("../../host-tools/gateway/payload-formatter.js", import.meta.url);
  const context = vm.createContext(Object.create(null) as object);
  new vm.Script(await readFile(file, "utf8")).runInContext(context);
  return context as unknown as Formatter;
})();

const stamp = { sequence: 7, time: 1_900_000_000 };
const resets = { power: 1, reset: 0, watchdog: 0, panic: 0, brownout: 0 };
const health: codec.Health = {
  ...{ ...stamp, safeMode: false, battery: 200, millivolts: 3700, restarts: 1, resets, heapPeak: 4096, stackPeak: 100 },
  ...{ duty: 0, airtime: 1, erases: 9, firmware: "1.2.3", script: 4 },
};
const inForce = { sequence: 1, version: 2 };
const update: UpdateStatus = {
  ...{ ...stamp, event: "confirmed", reason: "none", subject: 5, newest: 5, settingsHash: 77 },
  ...{ script: inForce, model: inForce, settings: inForce },
};
const settings: SettingsInForce = {
  ...{ threshold: 0.75, everySeconds: 900, offsets: [0.5], classes: ["dry", "normal"] },
  limits: Object.fromEntries(
    limitNames.map((name) => [name, Math.ceil(limitRanges[name][0])]),
  ) as SettingsInForce["limits"],
};
const payloads: [port: number, bytes: Uint8Array][] = [
  [codec.ports.report, codec.encodeReport({ ...stamp, label: 1, confidence: 1, actions: 3, count: 2 })],
  [
    codec.ports.deferral,
    codec.encodeDeferral(
      { ...stamp, label: 1, confidence: 0.6, window: { frames: 2, features: 2, data: Int8Array.of(1, -2, 3, 4) } },
      51,
    ),
  ],
  [codec.ports.fault, codec.encodeFaultReport({ ...stamp, faults: [{ kind: "stuck", sensor: 2, count: 1 }] })],
  [codec.ports.health, codec.encodeHealth(health, 30)],
  [codec.ports.update, codec.encodeUpdateStatus(update, 39)],
  [codec.ports.settings, codec.encodeSettingsReport(settings, stamp.time)[0]!],
  [codec.ports.app, codec.encodeAppMessage({ ...stamp, text: "20 °C" })],
];

/** What each server passes beside bytes and port. */
const servers: [name: string, input: (bytes: Uint8Array, fPort: number) => object][] = [
  ["ChirpStack", (bytes, fPort) => ({ bytes: [...bytes], fPort, recvTime: new Date(0), variables: { key: "value" } })],
  ["The Things Stack", (bytes, fPort) => ({ bytes: [...bytes], fPort, recvTime: { seconds: 0 } })],
];
for (const [name, input] of servers)
  test(`${name} decodes uplinks with the payload formatter as it is`, async (t) => {
    const { decodeUplink } = await formatter;
    for (const [port, bytes] of payloads) {
      const { data, errors } = decodeUplink(input(bytes, port));
      t.deepEqual([...(errors ?? [])], []);
      const { kind } = codec.decodeUplink(port, bytes);
      t.is(data!["kind"], kind);
    }
    const { data, errors } = decodeUplink(input(Buffer.of(1, 2), 77));
    t.is(data, undefined);
    t.is(errors!.length, 1);
  });

test("both encode a decision with it, and decode it again", async (t) => {
  const { encodeDownlink, decodeDownlink } = await formatter;
  const data = { sequence: 7, label: 2, confidence: 1 };
  for (const input of [{ data, fPort: 20, variables: {} }, { data }]) {
    const { bytes, fPort } = encodeDownlink(input);
    t.is(fPort, codec.ports.decision);
    t.deepEqual(codec.decodeDecision(Uint8Array.from(bytes!)), data);
    t.deepEqual(JSON.parse(JSON.stringify(decodeDownlink({ bytes, fPort }).data)), data);
  }
});

test("every uplink port of the node's codec is among these payloads", (t) => {
  const { report, deferral, fault, health, update, app, settings } = codec.ports;
  t.deepEqual(
    payloads.map(([port]) => port).toSorted((a, b) => a - b),
    [report, deferral, fault, health, update, app, settings],
  );
});
