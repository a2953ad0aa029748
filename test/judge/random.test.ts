/**
 * Random graphs over all operators: the micro engine against TensorFlow Lite Micro (recorded, and live where TFLM_DIR is set) and against desktop
 * TensorFlow Lite. A seed names a graph. LOAM_SEEDS=from-to tries others than the usual ones.
 */
import test from "ava";
import { InferenceSession, tflmFolder, whereToGetTflm } from "../../host-tools/inference/index.js";
import { operatorNames } from "../../host-tools/inference/graph.js";
import { compareWithDesktop, traceOf } from "./check.js";
import { randomGraph } from "./randomGraph.js";
import { generators } from "./randomOperators.js";
import { readRecorded, writeRecorded } from "./recorded.js";

const recordedSeeds = 500;
const usual = { from: 0, to: 500 };

function seeds(): number[] {
  const [from, to] = (process.env["LOAM_SEEDS"] ?? `${usual.from}-${usual.to}`).split("-").map(Number) as [number, number];
  if (!(Number.isInteger(from) && Number.isInteger(to) && from < to)) throw new Error(`LOAM_SEEDS=${process.env["LOAM_SEEDS"]}: two numbers "from-to" expected`);
  return Array.from({ length: to - from }, (_, i) => from + i);
}

const joined = (trace: { hash: string }[]): string => trace.map(({ hash }) => hash).join("");

test("the graphs meet every operator many times", (t) => {
  const met = new Map<string, number>();
  for (let seed = usual.from; seed < usual.to; seed++) {
    const { model } = randomGraph(seed);
    for (const name of operatorNames(model, model.subgraphs[0]!)) met.set(name, (met.get(name) ?? 0) + 1);
  }
  for (const name of Object.keys(generators)) t.true((met.get(name) ?? 0) >= 20, `${name}: ${met.get(name) ?? 0} times`);
});

test("micro computes what TensorFlow Lite Micro was recorded to compute, operator by operator", async (t) => {
  const micro = await InferenceSession.start("micro");
  try {
    for (const [seed, recorded] of readRecorded().entries()) t.is(joined(await traceOf(micro, randomGraph(seed))), recorded, `seed ${seed}`);
  } finally {
    micro.close();
  }
});

test("micro computes what TensorFlow Lite Micro computes here", async (t) => {
  if (!tflmFolder()) return t.log(`skipped: ${whereToGetTflm}`), t.pass();
  const [micro, tflm] = [await InferenceSession.start("micro"), await InferenceSession.start("tflm")];
  try {
    if (process.env["LOAM_RECORD_TFLM"]) {
      const hashes: string[] = [];
      for (let seed = 0; seed < recordedSeeds; seed++) hashes.push(joined(await traceOf(tflm, randomGraph(seed))));
      await writeRecorded(hashes);
    }
    for (const seed of seeds()) t.deepEqual(await traceOf(micro, randomGraph(seed)), await traceOf(tflm, randomGraph(seed)), `seed ${seed}`);
  } finally {
    micro.close();
    tflm.close();
  }
});

test("every byte is desktop TensorFlow Lite's, or explained by a rule that gives both", async (t) => {
  const [micro, desktop] = [await InferenceSession.start("micro"), await InferenceSession.start("tflite")];
  try {
    for (const seed of seeds()) t.deepEqual(await compareWithDesktop(micro, desktop, randomGraph(seed)), [], `seed ${seed}`);
  } finally {
    micro.close();
    desktop.close();
  }
});
