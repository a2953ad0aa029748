/** DevStatusReq to the whole node, and its DevStatusAns as it is on air. */
import { registrationOf } from "../../host-tools/node/registration.js";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import type { NodeConfig } from "../../device/config.js";
import { answerBytes, commandId } from "../../device/lorawan/commands.js";
import { Air } from "../../host-tools/air/index.js";
import { attachGateway, collectInAir } from "../../host-tools/gateway/airgateway.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { loraPacket } from "../../host-tools/gateway/packets.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { tapped } from "../../host-tools/soak/tap.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { exampleNode } from "./helpers/day.js";
import { soilModel } from "./helpers/model.js";

const folder = path.join(buildRoot, "test", `devstatus-${process.pid}`);
const example = exampleNode();

function nodeWith(changes: object): NodeConfig {
  return checkConfig({
    ...example,
    sensors: example.sensors.slice(0, 1),
    features: { ...example.features, spectra: [], correlations: [] },
    actuators: [],
    app: {},
    radio: { ...example.radio, adr: false, dataRate: 5, board: { ...example.radio.board, pins: radioPins } },
    ...changes,
  }).config;
}
const radioPins = { clock: 5, dataOut: 27, dataIn: 19, select: 18, reset: 14, busy: 4, dio1: 33 };
const battery = { pin: 35, ratio: 2, empty: 3.2, full: 4.2, enable: { pin: 32, level: 1 } };

/** The bytes after the identifier of a MAC command in FOpts; undefined: it is not there. */
function answerIn(options: Uint8Array, id: number): Uint8Array | undefined {
  for (let at = 0; at < options.length; at += 1 + answerBytes[options[at]!]!)
    if (options[at] === id) return options.subarray(at + 1, at + 1 + answerBytes[id]!);
  return undefined;
}

/** Sends DevStatusReq after the first uplink. @returns the first DevStatusAns */
async function devStatus(
  name: string,
  changes: object,
  { volts = 0, inUse = false, pathLoss = 110 } = {},
): Promise<{ level: number; margin: number }> {
  const program = await buildHost({ manifest: path.join(loamRoot, "test/device/devstatus.manifest.json") });
  const config = nodeWith(changes);
  const at = path.join(folder, name.replaceAll(/\W+/g, "-"));
  mkdirSync(at, { recursive: true });
  const file = (title: string, content: Uint8Array | string): string => {
    const target = path.join(at, title);
    writeFileSync(target, content);
    return target;
  };
  const made = soilModel(config);
  // The air goes on as soon as nothing else does: the program is ready by now.
  const air = new Air({ pathLoss: () => pathLoss });
  let isAsked = false as boolean;
  const server = new NetworkServer({
    region: config.radio.region,
    epoch: Date.UTC(2026, 0, 1) / 1000,
    adr: false,
    window: 1,
    collect: collectInAir(air),
    onUplink: ({ devEui }) => {
      if (!isAsked) server.sendCommands(devEui, Buffer.of(commandId.devStatus));
      isAsked = true;
    },
  });
  server.addDevice(registrationOf(config.radio));
  attachGateway(air, server, "gateway", { x: 100, y: 0 });
  const finished = new AbortController();
  let answer: Uint8Array | undefined;
  air.at(4 * config.window.everySeconds * 1e6, () => {
    finished.abort();
    return new Promise<void>(() => {});
  });
  const run = await runHost(program, {
    args: [String(volts), inUse ? "in use" : ""],
    resources: {
      "node.config.json": file("node.config.json", JSON.stringify(config)),
      "model.tflite": file("model.tflite", made.model),
      "normalizer.bin": file("normalizer.bin", made.normalizer),
    },
    air: tapped(air.nodePort("node"), ({ payload }) => {
      const packet = loraPacket.fromWire(Buffer.from(payload));
      if (packet.isDataMessage() && !answer) answer = answerIn(packet.FOpts!, commandId.devStatus);
      if (answer) finished.abort();
    }),
    flash: file("flash.bin", ""),
    startTime: Date.UTC(2026, 0, 1),
    finish: finished.signal,
    timeoutMs: 120_000,
  });
  if (!answer) throw new Error(`no DevStatusAns: ${run.stderr}\n${run.lines.join("\n")}`);
  // Signed, 6 bits.
  return { level: answer[0]!, margin: (answer[1]! << 26) >> 26 };
}

const cases: [what: string, changes: object, board: { volts?: number; inUse?: boolean }, level: number][] = [
  ["a full battery", { battery }, { volts: 4.2 / 2 }, 254],
  // 1 + 253 / 4
  ["a quarter", { battery }, { volts: 3.45 / 2 }, 64],
  ["an empty one", { battery }, { volts: 3.2 / 2 }, 1],
  ["more than full", { battery }, { volts: 4.4 / 2 }, 254],
  ["a wire that is open", { battery }, { volts: 0 }, 1],
  ["no battery in the description", {}, {}, 255],
  ["a pin that cannot be measured", { battery }, { volts: 4.2 / 2, inUse: true }, 255],
  ["external power", { externalPower: true }, {}, 0],
  ["external power, and a battery beside it", { externalPower: true, battery }, { volts: 3.45 / 2 }, 0],
];
for (const [what, changes, board, level] of cases)
  test(`DevStatusAns on air: ${what} is ${level}`, async (t) => {
    const answer = await devStatus(what, changes, board);
    // A step of the ADC is 1.2 mV of the battery: a third of a level.
    t.true(Math.abs(answer.level - level) <= (level === 64 ? 1 : 0), JSON.stringify(answer));
  });

// RX1 at 14 dBm; noise of 125 kHz at 6 dB: -117.03 dBm.
for (const [pathLoss, margin] of [
  [120, 11],
  [125, 6],
  [131, 0],
  [136, -5],
] as const)
  test(`DevStatusAns on air: a downlink over ${pathLoss} dB of path loss has the margin ${margin}`, async (t) => {
    t.is((await devStatus(`loss ${pathLoss}`, {}, { pathLoss })).margin, margin);
  });
