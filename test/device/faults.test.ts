import path from "node:path";
import test from "ava";
import { buildRoot } from "../../host-tools/lib/paths.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { exampleNode, generator, recordDay } from "./helpers/day.js";
import { writeSoilDay } from "./helpers/soil.js";
import { resultsOf } from "./helpers/xs.js";

const folder = path.join(buildRoot, "test", `faults-${process.pid}`);

test("sensors that are absent, fail, stick or give invalid values, and a clock that jumps: the node keeps sampling and reports faults", async (t) => {
  const lines = await resultsOf<unknown[]>(t, "sampler");
  const ofWindow = (index: number) => {
    const ends = lines.map(([what], at) => (what === "window" ? at : -1)).filter((at) => at >= 0);
    return lines.slice(index === 0 ? 0 : ends[index - 1]! + 1, ends[index]! + 1).filter(([what]) => what !== "samples");
  };
  t.deepEqual(ofWindow(0), [
    ["error", "absent", "Error: nobody answers"],
    ["error", "breaks", "Error: the bus hangs"],
    ["fault", "absent", "missing", 10],
    ["fault", "breaks", "missing", 6],
    ["window", 0, 0, false, 0],
  ]);
  // At most one imputed sample in ten is allowed in a window; "odd" has two.
  t.deepEqual(ofWindow(1), [
    ["fault", "good", "missing", 1],
    ["fault", "odd", "not a number", 1],
    ["fault", "odd", "out of range", 1],
    ["window", 1, 60, false, 0],
  ]);
  t.deepEqual(
    lines.filter(([what]) => what === "samples").map(([, samples]) => samples),
    [
      [1, 3, 5, 5, 2, 4, 6, 1, 3, 5],
      [0, 1, 1, 3, 4, 4, 6, 7, 8, 9],
    ],
  );
  t.deepEqual(ofWindow(2), [
    ["fault", "fifo", "stuck", 1],
    ["window", 2, 120, false, 0],
  ]);
  t.deepEqual(ofWindow(3), [
    ["clock", -3600],
    ["window", 3, -3420, true, 0],
  ]);
  t.deepEqual(ofWindow(4), [["window", 4, -3360, true, 0]]);
  t.deepEqual(ofWindow(5), [["window", 5, 3900, true, 0]], "a clock that was set on purpose is no fault");
});

test("a day with a failing sensor: no verdict on invalid windows, the cloud gets the fault, and verdicts resume later", async (t) => {
  const config = exampleNode();
  const random = generator(3);
  const { model, recording } = writeSoilDay(
    folder,
    config,
    recordDay(config, 6, (sensor, window) => {
      if (sensor === "soil" && window === 1) return "";
      if (sensor === "humidity" && window === 3) return 250;
      if (sensor === "soil") return (40 + random()).toFixed(2);
      return (10 + random()).toFixed(3);
    }),
  );
  const events: SimulationEvent[] = [];
  const summary = await simulate({
    recording,
    config,
    model,
    onEvent: (event) => events.push(event),
  });
  t.deepEqual([summary.windows, summary.unfit, summary.verdicts], [6, 2, { normal: 4 }]);
  t.deepEqual(summary.unfitReasons, [
    { sensor: "soil", kind: "missing", windows: 1, samples: 30 },
    { sensor: "humidity", kind: "out of range", windows: 1, samples: 30 },
  ]);
  const reported = events.flatMap((event) =>
    event.event === "uplink" && event.payload.kind === "fault" ? event.payload.faults : [],
  );
  t.deepEqual(reported, [
    { kind: "missing", sensor: 0, count: 30 },
    { kind: "out of range", sensor: 2, count: 30 },
  ]);
  t.is(summary.waiting, 0);
  t.is(summary.uplinks, 6);
});
