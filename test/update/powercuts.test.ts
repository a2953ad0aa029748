// Slow: the power of a whole node fails again and again
/**
 * Power fails while a whole node is updated, at a write of any of its flash partitions: it begins anew, with the old script, settings and network or with the
 * new ones, goes on measuring, and takes the next package. LOAM_DAY=1: at each of them.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { encodePackageParts } from "../../device/codec/packagepart.js";
import { featureLayout } from "../../device/features/layout.js";
import { encodeNormalizer } from "../../device/normalizer.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack, type PackOptions } from "../../host-tools/script/pack.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { hostManifest } from "../../host-tools/node/nodeFolder.js";
import { buildHost, runHost, type RunResult } from "../../host-tools/xs/index.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { soilModel } from "../device/helpers/model.js";
import { writeSoilDay } from "../device/helpers/soil.js";
import { keys } from "./rig.js";

/** Of the writes and erases of flash. */
const step = process.env["LOAM_DAY"] ? 1 : 23;

const folder = path.join(buildRoot, "test", `powercuts-${process.pid}`);
const example = exampleNode();
const { config } = checkConfig({
  ...example,
  // Windows without a gap, of which each is reported.
  sensors: example.sensors.slice(0, 1),
  features: { ...example.features, statistics: ["mean"], spectra: [], correlations: [] },
  window: { ...example.window, everySeconds: example.window.seconds },
  radio: { ...example.radio, adr: false, dataRate: 5 },
  updates: { publicKey: publicKeyOf(keys.privateKey) },
});
const windows = 20;
const { recording, model } = writeSoilDay(
  folder,
  config,
  quietDay(config, windows, () => 40),
);

function script(name: string): string {
  const place = path.join(folder, name);
  mkdirSync(place, { recursive: true });
  writeFileSync(
    path.join(place, "app.ts"),
    `export default (api: any) => ({ onVerdict(verdict: any) { api.log("${name} " + verdict.name); api.send(verdict); } });`,
  );
  return place;
}

const packed = (sequence: number, what: Pick<PackOptions, "script" | "model" | "settings">): Promise<Uint8Array> =>
  pack({ config, key: keys.privateKey, sequence, version: sequence, name: "test", ...what });

const uplinked = (events: SimulationEvent[]): string[] =>
  events.flatMap((event) =>
    event.event === "uplink" && event.payload.kind === "update" && !event.duplicate
      ? [`${event.payload.subject} ${event.payload.event}: ${event.payload.reason}`]
      : [],
  );

/** Another name for a class. */
const named = (name: string, other: string): Record<number, string> => ({ [config.classes.indexOf(name)]: other });

/** A node with package 5 in force, in a folder with its flash and what the network knows. */
async function confirmedNode(): Promise<{ state: string; script: string }> {
  const file = path.join(folder, "old.lpk");
  writeFileSync(file, await packed(5, { script: script("old"), settings: { classes: named("normal", "five") } }));
  const state = path.join(folder, "old-state");
  const finished = new AbortController();
  const events: SimulationEvent[] = [];
  await simulate({
    recording,
    config,
    model,
    script: file,
    state,
    signal: finished.signal,
    onEvent(event) {
      events.push(event);
      if (uplinked(events).at(-1) === "5 confirmed: none" && event.event === "window") finished.abort();
    },
  });
  return { state, script: file };
}

/** A network that takes the soil for dry when it is wet. */
function network(): string {
  const made = soilModel(config);
  const { names } = featureLayout(config);
  const mean = names.map(() => 55);
  const deviation = names.map(() => 5);
  const place = path.join(folder, "network");
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, "model.tflite"), made.model);
  writeFileSync(
    path.join(place, "normalizer.bin"),
    encodeNormalizer(mean, deviation, { features: names, classes: config.classes }),
  );
  return path.join(place, "model.tflite");
}

test("power fails at any write of a whole node's update: script, network and settings are all old or all new, and the next package is taken", async (t) => {
  t.timeout(3_600_000);
  const base = await confirmedNode();
  const program = await buildHost({ manifest: hostManifest() });
  const update = await packed(6, {
    script: script("new"),
    model: network(),
    settings: { classes: named("dry", "six") },
  });
  const next = await packed(7, { script: script("next") });
  const sent = (window: number, bytes: Uint8Array) =>
    encodePackageParts(bytes, 200).map((payload) => ({ at: window * config.window.seconds, port: 22, payload }));
  // A part that is lost is to be sent again, from the first; what is in force already is refused.
  const downlinks = [...sent(0, update), ...sent(windows - 8, next), ...sent(windows - 5, next)];
  /** @param powerCut 0: none */
  const run = async (powerCut: number): Promise<{ events: SimulationEvent[]; said: string[]; result: RunResult }> => {
    const state = path.join(folder, "state");
    rmSync(state, { recursive: true, force: true });
    cpSync(base.state, state, { recursive: true });
    let result: RunResult | undefined;
    const events: SimulationEvent[] = [];
    // As the node writes them: events are in the order of their times, and it does not know the time at first.
    const said: string[] = [];
    const onLine = (line: string): void => {
      if (line.startsWith('{"event":"log"')) said.push((JSON.parse(line) as { text: string }).text);
    };
    await simulate({
      ...{ recording, config, model, downlinks, state, script: base.script },
      onEvent: (event) => events.push(event),
      run: async (given) =>
        (result = await runHost(program, {
          ...{ ...given, powerCut, powerReturns: powerCut > 0 },
          onLine(line) {
            onLine(line);
            given.onLine?.(line);
          },
        })),
    });
    return { events, said, result: result! };
  };
  const undisturbed = await run(0);
  const accesses = undisturbed.result.flashAccesses!;
  t.true(undisturbed.said.includes("new six"), undisturbed.said.join());
  const outcomes = new Map<string, number>();
  for (let n = 1; n <= accesses; n += step) {
    const { events, said, result } = await run(n + 0.5);
    const what = `power cut within write ${n}: ${said.join()}; ${uplinked(events).join()}`;
    // The run ends soon after its last window.
    if (n < accesses - 30) t.is(result.power!.powerCuts, 1, what);
    const phases = said.filter((text, i) => text !== said[i - 1]);
    t.regex(phases.join(), /^(old five,)?((new six,)?next six|next five)$/, what);
    t.true(events.filter(({ event }) => event === "window").length >= windows - 7, what);
    outcomes.set(phases.join(), (outcomes.get(phases.join()) ?? 0) + 1);
    if (process.env["LOAM_DAY"]) t.log(n, phases.join(), uplinked(events).join());
  }
  t.log(`${accesses} writes and erases`, ...outcomes);
});
