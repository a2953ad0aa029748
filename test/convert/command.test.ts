// Slow: a process for each case
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import test, { type ExecutionContext } from "ava";
import type { Summary } from "../../host-tools/convert/index.js";
import type { Outcome } from "../../host-tools/convert/outcome.js";
import type { LayerRow } from "tfjs-to-tflite/convert/layerErrors.js";
import { loadLayersModel } from "tfjs-to-tflite/graph/modelFiles.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { cxx, needs } from "../helpers/needs.js";
import { predict } from "./run.js";
import { at, model, run } from "./conversions.js";

test("a saved model loads again and predicts the same", async (t) => {
  const again = await loadLayersModel(at("model", "model.json"));
  const input = [tf.ones([2, 8, 8, 2])];
  t.deepEqual(predict(again, input)[0]!.dataSync(), predict(model, input)[0]!.dataSync());
});

test("one command writes a .tflite, a C array that holds the same bytes, and a summary", async (t) => {
  const { code, stdout, stderr } = await run(
    "convert",
    at("model"),
    "--calibrate",
    at("samples.npy"),
    "--report",
    "--out",
    at("3 net-é"),
  );
  t.is(code, 0, stderr);
  t.regex(stdout, /CONV_2D\s+│ stem .* SNR|SNR dB[\s\S]*CONV_2D\s+│ stem/);
  t.regex(stdout, /same top-1\s+│ \d+\.\d %, \d+ of 24 /);
  t.regex(stdout, /SNR\s+│ \d+\.\d dB\s/);
  t.regex(stdout, /worst layer\s+│ [A-Z_0-9]+ of \w+: \d+\.\d dB/);
  const bytes = readFileSync(at("3 net-é.tflite"));
  t.regex(stdout, new RegExp(`file\\s+│ ${bytes.length.toLocaleString("en-US")} bytes`));
  t.regex(stdout, /instructions, ESP32-C3\s+│ about [\d,]+ [\s\S]*instructions, ESP32\s+│ about [\d,]+ /);
  t.regex(stdout, /arena, micro\s+│ \d+ bytes/);
  const { operatorCodes } = readTflite(bytes);
  t.deepEqual(operatorCodes, [
    { builtinCode: 3, version: 3 },
    { builtinCode: 4, version: 3 },
    { builtinCode: 40, version: 2 },
    { builtinCode: 22, version: 1 },
    { builtinCode: 9, version: 4 },
    { builtinCode: 25, version: 2 },
  ]);
  const summary = JSON.parse(readFileSync(at("3 net-é.json"), "utf8")) as Summary;
  t.is(summary.bytes, bytes.length);
  t.deepEqual(summary.outputs[0], { name: "class_1", shape: [1, 3], type: "int8", scale: 1 / 256, zeroPoint: -128 });
  t.is(summary.macs, 6 * 6 * 6 * 18 + 4 * 4 * 12 * 9 + 4 * 4 * 8 * 12 + 8 * 3);
});

test("--activations int16 writes 16x8, which micro runs, with its ends in int16", async (t) => {
  const args = ["convert", at("model"), "-c", at("samples.npy"), "--activations", "int16", "--no-c-array"];
  const { code, stdout, stderr } = await run(...args, "--report", "--json", "--out", at("wide"));
  t.is(code, 0, stderr);
  const summary = JSON.parse(stdout) as Summary & { outcome: Outcome; report: LayerRow[] };
  t.deepEqual([summary.type, summary.inputs[0]!.type, summary.outputs[0]!.scale], ["int16x8", "int16", 1 / 32768]);
  t.like(summary.outcome, { second: "micro", instructions: undefined });
  t.true(summary.outcome.agreement.outputs[0]!.snr > 40 && summary.outcome.arena! > 0);
  t.true(summary.report.every(({ snr }) => snr > 30));
  const ends = await run(...args, "--io", "uint8", "--out", at("refused"));
  t.deepEqual(
    [ends.code, ends.stderr],
    [1, "loam: inputs of uint8 do not go with activations of int16: int16, float32 do (--io)"],
  );
});

/** A program that links the array that `convert` writes gives the model's bytes. */
async function linked(t: ExecutionContext, name: string, compiler: string, ...flags: string[]): Promise<void> {
  const { code, stderr } = await run("convert", at("model"), "-c", at("samples.npy"), "--out", at(name));
  t.is(code, 0, stderr);
  const array = `model_${name.replace(/[ -]/g, "_").replace("é", "e")}`;
  writeFileSync(
    at(`${name}-main.c`),
    `#include <stdio.h>\n#include <stdint.h>\n#include "${name}.h"\nint main(void) { if ((uintptr_t)${array} % 16) return 1; return fwrite(${array}, 1, ${array}_len, stdout) != sizeof ${array}; }\n`,
  );
  const program = at(`${name}-main`);
  execFileSync(compiler, [...flags, "-Wall", "-Wextra", "-Werror", `${program}.c`, at(`${name}.c`), "-o", program]);
  t.deepEqual(execFileSync(program), readFileSync(at(`${name}.tflite`)), `${compiler} ${flags.join(" ")}`);
}

for (const standard of ["c99", "c11"])
  test(`the C array compiles as ${standard}, aligned, and holds the model's bytes`, (t) =>
    linked(t, `3 ${standard}-é`, "cc", `-std=${standard}`));

needs(cxx)("the C array compiles as C++, aligned, and holds the model's bytes", (t) =>
  linked(t, "3 cxx-é", "c++", "-x", "c++", "-std=c++11"),
);

test("samples may be .npy, .json, .csv or raw float32, with the same result; --io float32 gives float inputs and outputs; --json prints the summary", async (t) => {
  const results = await Promise.all(
    // Names of one length, on which the places of all bytes depend, and with them the prepared table.
    ["npy", "json", "f32", "csv"].map(async (kind, i) => {
      const { code, stderr } = await run(
        "convert",
        at("model", "model.json"),
        "-c",
        at(`samples.${kind}`),
        "--out",
        at(`samples${i}`),
      );
      t.is(code, 0, stderr);
      return readFileSync(at(`samples${i}.tflite`)).subarray(0);
    }),
  );
  const plain = results.map((bytes) => readTflite(bytes).buffers);
  t.deepEqual(plain[1], plain[0]);
  t.deepEqual(plain[2], plain[0]);
  t.deepEqual(plain[3], plain[0]);
  const { stdout } = await run(
    "convert",
    at("model"),
    "-c",
    at("samples.npy"),
    "--io",
    "float32",
    "--json",
    "--out",
    at("ends"),
  );
  const summary = JSON.parse(stdout) as Summary & { files: string[]; outcome: Outcome };
  t.like(summary.outcome, { first: "tfjs", second: "micro", bytes: readFileSync(at("ends.tflite")).length });
  const { samples, outputs } = summary.outcome.agreement;
  t.true(samples === 24 && outputs[0]!.snr > 25 && outputs[0]!.top1! > 0.8 && summary.outcome.arena! > 0);
  t.deepEqual([summary.inputs[0]!.type, summary.outputs[0]!.type, summary.type], ["float32", "float32", "int8"]);
  t.deepEqual(
    summary.files.map((file) => path.basename(file)),
    ["ends.tflite", "ends.c", "ends.h", "ends.json"],
  );
});
