// Slow: several nodes on an emulated chip
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { standInModel, standInNormalizer, trialRecording } from "../../host-tools/budget/trialNode.js";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { initNode } from "../../host-tools/init/init.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { buildHost, runHost, type RunOptions } from "../../host-tools/xs/index.js";
import { quietDay, recordDay } from "../device/helpers/day.js";
import { soilModel } from "../device/helpers/model.js";
import { withValues } from "../node/descriptions.js";
import type { Frame } from "./helpers/frames.js";
import { runWindows } from "./helpers/windows.js";
import { board, needs } from "../helpers/needs.js";

const windows = 5;

interface Trouble {
  /** The description's values that differ from the example's. */
  values?: Record<string, unknown>;
  /** Default: a quiet day. */
  recording?: (config: NodeConfig) => string;
  /** App script of a node made by loam init; default: the example. */
  app?: string;
  options?: RunOptions;
  /** Events that the journal must have, so that the trouble is known to have come. */
  wanted: string[];
}

const wetToDry = (config: NodeConfig): string => quietDay(config, windows + 1, (window) => 31 - 2 * window);

/** A sensor each that is missing, stuck, no number, and out of its range, in one window after the other. */
const badDay = (config: NodeConfig): string =>
  recordDay(config, windows + 1, (sensor, window, second) => {
    const noise = Math.sin(second * 7 + window);
    if (sensor === "soil") return window === 1 && second > 9 ? "" : 20 + noise;
    if (sensor === "temperature") return window === 2 && second > 20 && second < 25 ? "nan" : 15 + noise;
    if (sensor === "humidity") return window === 3 && second > 10 ? 1000 : 60 + noise;
    return window === 4 && second > 5 ? 0.5 : (0.1 * noise).toFixed(4);
  });

const troubles: Record<string, Trouble> = {
  "an app script that throws in different ways": {
    recording: wetToDry,
    app: `let count = 0;
      export default (api: any) => ({ onVerdict(verdict: any) {
        api.remember(String((Number(api.recall()) || 0) + 1));
        const names = ["Date", "JSON", "Map", "Math", "Promise", "RegExp", "Symbol", "Uint8Array", "Compartment", "Function", "eval", "trace", "native", "harden"];
        api.log(names.map((name) => typeof (globalThis as any)[name]).join(" "));
        for (const step of [() => Date.now(), () => Math.random(), () => JSON.stringify({ a: [1 / 3] })])
          try { api.log(String(step())); } catch (error) { api.log(String(error)); }
        api.log(api.recall() + " " + count++ + " " + (verdict.confidence / 3).toString() + " " + new Date(0).toISOString());
        if (api.recall() === "1") throw new Error("the first verdict");
        if (api.recall() === "2") throw Object.create(null);
        if (api.recall() === "3") return void Promise.reject(new RangeError("later"));
        api.send(verdict);
      } });`,
    options: { restartOnCrash: true },
    wanted: ["script failed", "log"],
  },
  "an app script that reaches by computed names for what its language does not have": {
    recording: wetToDry,
    app: `export default (api: any) => ({ onVerdict(verdict: any) {
        const turn = Number(api.recall()) || 0;
        api.remember(String(turn + 1));
        const here = globalThis as any, list = [3, 1] as any, text = "x" as any;
        api.log(["Pro" + "xy", "Ref" + "lect", "ev" + "al", "Big" + "Int"].map((name) => typeof here[name] + (name in here)).join());
        api.log([list["to" + "Sorted"], text["norma" + "lize"], Math["ran" + "dom" as "random"], here["Func" + "tion"]].map(String).join());
        const reach = [
          () => new here["Pro" + "xy"]({}, {}),
          () => list["to" + "Sorted"](),
          () => (() => {})["constr" + "uctor" as "constructor"]("return this")(),
          () => text["norma" + "lize"](),
        ];
        api.log(String(reach[turn]?.()));
        api.send(verdict);
      } });`,
    wanted: ["log", "script failed"],
  },
  "an app script that throws at its start": {
    app: `export default () => { throw new TypeError("no start"); };`,
    wanted: ["script failed"],
  },
  "an app script that hangs, and one that takes all memory": {
    app: `export default (api: any) => ({ onVerdict(verdict: any) {
        const done = api.recall();
        if (done === "") { api.remember("hung"); api.log("hangs"); for (;;); }
        if (done === "hung") { api.remember("full"); api.log("fills"); const all = []; for (;;) all.push([1]); }
        api.send(verdict);
      } });`,
    options: { restartOnCrash: true },
    wanted: ["log", "script failed"],
  },
  "sensors that are missing, stuck, no number and out of range": { recording: badDay, wanted: ["fault"] },
  "flash that fails, and resets": {
    recording: wetToDry,
    options: {
      flashFails: [1750, 1900],
      resetsAt: [
        { at: 921.2, kind: "kept" },
        { at: 2000, kind: "damaged" },
        { at: 2715, kind: "power" },
      ],
    },
    wanted: ["flash failed", "restarted"],
  },
  "another description: two sensors, windows without a gap, another region, every window deferred": {
    values: {
      name: "pump",
      sensors: [
        { name: "current", unit: "A", rate: 10, range: [0, 20], stuckSeconds: 0 },
        { name: "vibration", unit: "m/s²", rate: 50, range: [-15, 15], stuckSeconds: 0 },
      ].map((sensor, i) => ({ ...sensor, hardware: { chip: "analog", pin: 34 + i, scale: 20, offset: -25 } })),
      window: { seconds: 16, everySeconds: 16, frames: 8 },
      features: {
        statistics: ["mean", "variance", "max"],
        spanSeconds: 4,
        spectra: [
          {
            sensor: "vibration",
            size: 64,
            bands: [
              [1, 8],
              [8, 16],
              [16, 24],
            ],
          },
        ],
        correlations: [["current", "vibration"]],
      },
      classes: ["off", "running", "dry running"],
      actuators: [{ name: "relay", pin: 25 }],
      app: { rules: { running: { relay: true } } },
      "radio.region": "US915",
    },
    recording: (config) => trialRecording(config, windows + 1),
    wanted: ["verdict", "stored"],
  },
};

/** With a debugger, which only the host has, XS names the native function that throws. */
const saidIn = (journal: string[]): string[] =>
  journal.map((line) => line.replace(/(Error: )(@\w+|Date\.now|\(anonymous-\d+\)): /, "$1"));
/** DeviceTimeAns is to 1/256 s when the request came, which is some ms later on the chip. */
const withoutAnswers = (frame: Frame): Frame =>
  frame.direction === "down" ? { ...frame, payload: `${frame.payload.length / 2} bytes` } : frame;

for (const [title, { values, recording = wetToDry, app, options, wanted }] of Object.entries(troubles))
  needs(board)(`${title}: the chip does what the host does`, async (t) => {
    t.timeout(1_200_000);
    const folder = await mkdtemp(path.join(tmpdir(), "loam-chip-trouble-"));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const { config } = checkConfig(withValues(values ?? {}));
    let manifest = path.join(loamRoot, "manifest.json");
    if (app !== undefined) {
      const node = path.join(folder, "node");
      await initNode(node);
      await writeFile(path.join(node, "app/app.ts"), app);
      manifest = path.join(node, "manifest.json");
    }
    const network = path.join(folder, "network");
    await mkdir(network);
    const made = values ? { model: standInModel(config), normalizer: standInNormalizer(config) } : soilModel(config);
    const model = path.join(network, "model.tflite");
    await writeFile(model, made.model);
    await writeFile(path.join(network, "normalizer.bin"), made.normalizer);
    const day = path.join(folder, "day.csv");
    await writeFile(day, recording(config));
    const simulation = { recording: day, config, model };
    const program = await buildHost({ manifest });
    const host = await runWindows(simulation, windows, (given) => runHost(program, { ...given, ...options }));
    const chip = await buildChip({ manifest });
    const emulated = await runWindows(simulation, windows, (given) => runChip(chip, { ...given, ...options }));
    for (const kind of wanted)
      t.true(
        host.journal.some((line) => line.startsWith(`{"event":"${kind}"`)),
        kind,
      );
    t.deepEqual(saidIn(emulated.journal), saidIn(host.journal));
    t.deepEqual(emulated.uplinks, host.uplinks);
    t.true(host.frames.length > 0);
    t.deepEqual(emulated.frames.map(withoutAnswers), host.frames.map(withoutAnswers));
  });
