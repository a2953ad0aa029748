import { mkdtempSync, readdirSync, writeFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tfl from "@tensorflow/tfjs-layers";
import test, { type ExecutionContext } from "ava";
import { execa } from "execa";
import { saveLayersModel } from "tfjs-to-tflite/graph/modelFiles.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { startPlainBackend } from "./backend.js";
import { chanceOf, randomized } from "./randomModels.js";

export const loam = path.join(loamRoot, "host-tools/bin/loam.js");
export const folder = mkdtempSync(path.join(tmpdir(), "loam-convert-"));
export const at = (...parts: string[]): string => path.join(folder, ...parts);
export const samples = 24;

export async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const result = await execa("node", [loam, ...args], { reject: false });
  return { code: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
}

export function smallModel(): tfl.LayersModel {
  return randomized(
    tfl.sequential({
      layers: [
        tfl.layers.conv2d({ filters: 6, kernelSize: 3, inputShape: [8, 8, 2], useBias: false, name: "stem" }),
        tfl.layers.batchNormalization({ name: "norm" }),
        tfl.layers.reLU({ name: "relu" }),
        tfl.layers.separableConv2d({ filters: 8, kernelSize: 3, depthMultiplier: 2, name: "separable" }),
        tfl.layers.globalAveragePooling2d({ name: "pool" }),
        tfl.layers.dense({ units: 3, activation: "softmax", name: "class" }),
      ],
    }),
    1,
  );
}

export const npy = (shape: number[], data: Float32Array): Buffer => {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const padded = header.padEnd(64 * Math.ceil((header.length + 11) / 64) - 11) + "\n";
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length & 255, padded.length >> 8]);
  return Buffer.concat([
    start,
    Buffer.from(padded, "latin1"),
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  ]);
};

export let model: tfl.LayersModel;
/** Makes a model and calibration samples in every format in the test file's folder, which is removed at the end. */
test.before(async () => {
  await startPlainBackend();
  model = smallModel();
  await saveLayersModel(model, at("model"));
  const chance = chanceOf(2);
  const data = Float32Array.from({ length: samples * 128 }, () => chance.normal());
  writeFileSync(at("samples.npy"), npy([samples, 8, 8, 2], data));
  writeFileSync(at("samples.f32"), Buffer.from(data.buffer));
  writeFileSync(
    at("samples.csv"),
    ["x,y", ...Array.from({ length: samples }, (_, i) => data.slice(i * 128, (i + 1) * 128).join(","))].join("\r\n"),
  );
  writeFileSync(
    at("samples.json"),
    JSON.stringify(Array.from({ length: samples }, (_, i) => [...data.slice(i * 128, (i + 1) * 128)])),
  );
});
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

export const noFiles = (t: ExecutionContext, name: string): void =>
  void t.deepEqual(
    readdirSync(folder).filter((file) => file.includes(name)),
    [],
    "nothing was written",
  );

export async function saved(name: string, layers: tfl.LayersModel): Promise<string> {
  await saveLayersModel(layers, at(name));
  return at(name);
}
