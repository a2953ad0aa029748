// Slow: hours of a node in safe mode
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { encodePackageParts } from "../../device/codec/packagepart.js";
import { featureLayout } from "../../device/features/layout.js";
import { encodeNormalizer } from "../../device/normalizer.js";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { soilModel } from "../device/helpers/model.js";
import { writeSoilDay } from "../device/helpers/soil.js";
import { keys } from "./rig.js";

const folder = path.join(buildRoot, "test", `safemode-${process.pid}`);
const example = exampleNode();
/** Without gaps, as the node's windows begin at any time after the update. */
const { config } = checkConfig({
  ...example,
  sensors: example.sensors.slice(0, 1),
  features: { ...example.features, spectra: [], correlations: [] },
  window: { ...example.window, everySeconds: example.window.seconds },
  radio: { ...example.radio, adr: false, dataRate: 5 },
  updates: { publicKey: publicKeyOf(keys.privateKey) },
});
/** Of a payload at DR5. */
const room = 200;

test("safe mode takes an update: a firmware whose network crashes it at each start gets a good one over the air, and measures", async (t) => {
  const windows = (2.5 * 3600) / config.window.seconds;
  const { model, recording } = writeSoilDay(
    folder,
    config,
    quietDay(config, windows, () => 40),
  );
  const normalizer = readFileSync(path.join(folder, "normalizer.bin"));
  writeFileSync(path.join(folder, "normalizer.bin"), normalizer.subarray(0, 20));
  const good = path.join(folder, "good");
  mkdirSync(good);
  const made = soilModel(config);
  const { names } = featureLayout(config);
  const floats = new Float32Array(made.normalizer.slice().buffer, 8);
  writeFileSync(path.join(good, "model.tflite"), made.model);
  writeFileSync(
    path.join(good, "normalizer.bin"),
    encodeNormalizer(floats.subarray(0, names.length), floats.subarray(names.length), {
      features: names,
      classes: config.classes,
    }),
  );
  const network = await pack({
    config,
    key: keys.privateKey,
    sequence: 5,
    version: 5,
    name: "good",
    model: path.join(good, "model.tflite"),
  });
  const events: SimulationEvent[] = [];
  await simulate({
    recording,
    config,
    model,
    restartOnCrash: true,
    downlinks: encodePackageParts(network, room).map((payload) => ({ at: 1200, port: 22, payload })),
    onEvent: (event) => events.push(event),
  });
  const text = events.map((event) => JSON.stringify(event)).join("\n");
  const firstOf = (kind: string) => events.find(({ event }) => (event as string) === kind)?.time ?? NaN;
  t.is(events.filter(({ event }) => event === "safe mode").length, 1, text);
  t.true(firstOf("window") > firstOf("safe mode") + 1200, text);
  const statuses = events.flatMap((event) =>
    event.event === "uplink" && event.payload.kind === "update"
      ? [`${event.payload.subject} ${event.payload.event}`]
      : [],
  );
  t.deepEqual(statuses, ["5 accepted", "5 confirmed"], text);
  const verdicts = events.filter((event) => event.event === "verdict");
  t.true(verdicts.length > 20, text);
  t.true(
    verdicts.every(({ name }) => name === "normal"),
    text,
  );
});
