// Slow: a microphone's samples through a node's windows
import { writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { featureLayout } from "../../device/features/layout.js";
import { encodeNormalizer } from "../../device/normalizer.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { slow, wired } from "./helpers/chips.js";
import { exampleNode, quietDay } from "./helpers/day.js";
import { soilModel } from "./helpers/model.js";
import { writeSoilDay } from "./helpers/soil.js";

const folder = path.join(buildRoot, "test", `fieldnode-${process.pid}`);
/** fieldboard.xs.ts has a current for each. */
const windows = 5;

function fieldNode() {
  const node = exampleNode();
  const microphone = { chip: "microphone", clock: 4, select: 16, data: 17 };
  const axis = (name: "x" | "y" | "z") => ({
    ...slow(name, "m/s²", [-20, 20], { chip: "lis3dh", axis: name, ...wired, address: 24 }, 16),
  });
  return checkConfig({
    ...node,
    sensors: [
      slow("soil", "%VWC", [-0.6, 52], { chip: "loop", pin: 36, ohms: 100, at4: 0, at20: 50 }, 4),
      slow("battery", "V", [0.3, 4.9], { chip: "analog", pin: 35, scale: 2 }),
      slow("sound", "dBFS", [-87.3, 3], microphone, 10),
      slow("hum", "dBFS", [-87.3, 3], { ...microphone, band: [60, 160] }, 10),
      axis("y"),
      axis("z"),
      axis("x"),
    ],
    features: { ...node.features, statistics: ["mean"], spectra: [], correlations: [] },
    app: { rules: {} },
  }).config;
}

test("a node of a 4 to 20 mA loop, a voltage, a microphone and three axes, through deep sleeps and an open wire", async (t) => {
  const config = fieldNode();
  const { model, recording } = writeSoilDay(
    folder,
    config,
    quietDay(config, windows, () => 40),
  );
  // What the board has: features are normalized to 0.
  const { names } = featureLayout(config);
  const board: Record<string, number> = {
    "battery.mean": 3.8,
    "sound.mean": 10 * Math.log10(0.005 / 0.5),
    "hum.mean": 10 * Math.log10(0.005 / 0.5),
    "x.mean": 1.5,
    "y.mean": -4,
    "z.mean": 8.83,
  };
  const mean = names.map((name) => (name === "soil.mean" ? 25 : board[name]!));
  const deviation = names.map((name) => (name === "soil.mean" ? 5 : 1));
  writeFileSync(path.join(folder, "normalizer.bin"), encodeNormalizer(mean, deviation));
  const { input } = soilModel(config);
  const program = await buildHost({ manifest: path.join(loamRoot, "test/device/fieldnode.manifest.json") });
  const events: SimulationEvent[] = [];
  const { power } = await simulate({
    recording,
    config,
    model,
    onEvent: (event) => events.push(event),
    run: (options) => runHost(program, { ...options, timeoutMs: 300_000 }),
  });
  const text = events.map((event) => JSON.stringify(event)).join("\n");
  const of = (kind: string) =>
    events.filter(({ event }) => (event as string) === kind) as never as Record<string, unknown>[];
  t.deepEqual(
    of("window").map(({ isFit }) => isFit),
    [true, true, false, true, true],
    text,
  );
  t.deepEqual(
    of("verdict").map(({ name, decided }) => `${name as string} ${decided as string}`),
    ["normal act", "dry act", "normal defer", "normal act"],
    text,
  );
  t.deepEqual(
    of("fault").map(({ kind, sensor, count }) => [kind, sensor, count]),
    [["missing", "soil", 120]],
    text,
  );
  t.deepEqual(of("sensor failed"), []);
  t.true(power.sleeps >= windows - 1);
  const deferral = events.flatMap((event) =>
    event.event === "uplink" && event.payload.kind === "deferral" ? [event.payload] : [],
  )[0]!;
  // Each feature of each frame is what the board has: 0, to a step of the LIS3DH or a leak of the band.
  const features = Array.from(deferral.window!.data, (value) => (value - input.zeroPoint) * input.scale);
  t.is(features.length, config.window.frames * names.length);
  t.true(
    features.every((value) => Math.abs(value) < 0.3),
    features.join(", "),
  );
  const sent = events.flatMap((event) =>
    event.event === "uplink" && event.payload.kind === "fault" ? event.payload.faults : [],
  );
  t.deepEqual(sent, [{ kind: "missing", sensor: 0, count: 120 }]);
});
