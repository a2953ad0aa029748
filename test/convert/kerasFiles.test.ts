import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test, { type ExecutionContext } from "ava";
import { filesGiven } from "tfjs-to-tflite/graph/webFiles.js";
import { readLayersModel } from "tfjs-to-tflite/graph/layersModel.js";
import { loadLayersModel, modelSources } from "tfjs-to-tflite/graph/modelFiles.js";
import { withZip } from "tfjs-to-tflite/lib/zip.js";
import { needs, unzip, zip } from "../helpers/needs.js";
import { startPlainBackend } from "./backend.js";
import { hdf5 } from "./hdf5Files.js";
import { h5File, kerasFile, text, topologyOf, weightsFile } from "./kerasFiles.js";
import { chanceOf, randomized } from "./randomModels.js";
import { predict } from "./run.js";

const folder = mkdtempSync(path.join(tmpdir(), "loam-keras-files-"));
const at = (name: string): string => path.join(folder, name);
test.before(startPlainBackend);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

type Layer = tfl.layers.Layer;

/** Two layers of a type, a nested model, wrappers, and weights that are not trained; named so that no order of names is the order of layers. */
function everything(): tfl.LayersModel {
  const inner = tfl.sequential({
    name: "inner",
    layers: [
      tfl.layers.dense({ units: 4, inputShape: [5, 3], name: "a_dense" }),
      tfl.layers.batchNormalization({ name: "norm" }),
    ],
  });
  const input = tfl.input({ shape: [5, 3], name: "steps" });
  const nested = inner.apply(input) as tfl.SymbolicTensor;
  const both = tfl.layers
    .bidirectional({
      layer: tfl.layers.lstm({ units: 2, returnSequences: true, recurrentInitializer: "zeros" }),
      mergeMode: "concat",
      name: "both",
    })
    .apply(nested) as tfl.SymbolicTensor;
  const timed = tfl.layers.timeDistributed({ layer: tfl.layers.dense({ units: 3 }), name: "timed" }).apply(both);
  const flat = tfl.layers.flatten({ name: "flat" }).apply(timed);
  const z = tfl.layers.dense({ units: 15, activation: "relu", name: "z" }).apply(flat) as tfl.SymbolicTensor;
  const a = tfl.layers.dense({ units: 15, name: "a" }).apply(z) as tfl.SymbolicTensor;
  const sum = tfl.layers.add({ name: "sum" }).apply([z, a]) as tfl.SymbolicTensor;
  return randomized(tfl.model({ inputs: input, outputs: sum, name: "functional" }), 5);
}

/** The groups of the layers above, by Keras's rules, written down by hand. */
const groups = (model: tfl.LayersModel, root: string): [group: string, layer: Layer][] => {
  const layer = (name: string): Layer => model.getLayer(name);
  const inner = layer("inner") as unknown as tfl.LayersModel;
  const both = layer("both") as unknown as { forwardLayer: Layer; backwardLayer: Layer };
  const timed = layer("timed") as unknown as { layer: Layer };
  return [
    [`sequential/${root}/dense`, inner.getLayer("a_dense")],
    [`sequential/${root}/batch_normalization`, inner.getLayer("norm")],
    ["bidirectional/forward_layer/cell", both.forwardLayer],
    ["bidirectional/backward_layer/cell", both.backwardLayer],
    ["time_distributed/layer", timed.layer],
    ["dense", layer("z")],
    ["dense_1", layer("a")],
  ];
};

const archive = (model: tfl.LayersModel, root = "layers"): Promise<Uint8Array> =>
  kerasFile(model, groups(model, root), root);

const chance = chanceOf(6);
const samples = Float32Array.from({ length: 4 * 15 }, () => chance.normal());

function same(t: ExecutionContext, given: tfl.LayersModel, wanted: tfl.LayersModel): void {
  const outputs = [given, wanted].map((model) => predict(model, [tf.tensor(samples, [4, 5, 3])])[0]!.dataSync());
  t.deepEqual(outputs[0], outputs[1]);
}

test("a .keras file has its weights by the types of its layers", async (t) => {
  const model = everything();
  writeFileSync(at("layers.keras"), await archive(model));
  same(t, await loadLayersModel(at("layers.keras")), model);
});

test("so it has before Keras 3, in groups of another name", async (t) => {
  const model = everything();
  writeFileSync(at("older.keras"), await archive(model, "_layer_checkpoint_dependencies"));
  same(t, await loadLayersModel(at("older.keras")), model);
});

test("an .h5 file has its topology in an attribute and its weights by their names", async (t) => {
  const model = everything();
  writeFileSync(at("whole.h5"), await h5File(model, { inPieces: "inner" }));
  same(t, await loadLayersModel(at("whole.h5")), model);
  t.deepEqual(await modelSources(at("whole.h5")), [at("whole.h5")]);
});

test("so it has from older versions of h5py, whose texts are padded", async (t) => {
  const model = everything();
  writeFileSync(at("padded.h5"), await h5File(model, { old: true }));
  same(t, await loadLayersModel(at("padded.h5")), model);
});

test("a page gives the file alone", async (t) => {
  const model = everything();
  const bytes = await archive(model);
  const file = { name: "mine.keras", arrayBuffer: () => Promise.resolve(bytes.slice().buffer) };
  same(t, await readLayersModel(filesGiven([file])), model);
});

test("what is wrong with a file is said, with the layer and the shapes", async (t) => {
  const model = everything();
  const wrong = async (name: string, bytes: Uint8Array, message: RegExp): Promise<void> => {
    writeFileSync(at(name), bytes);
    await t.throwsAsync(loadLayersModel(at(name)), { message, name: "UserError" });
  };
  const whole = await archive(model);
  await wrong(
    "cut.keras",
    whole.subarray(0, whole.length / 2),
    /cut\.keras: config\.json cannot be unpacked, invalid zip data; expected a \.keras file/,
  );
  await wrong(
    "cut.h5",
    (await h5File(model, { inPieces: "inner" })).subarray(0, 3000),
    /cut\.h5: its HDF5 data cannot be read/,
  );
  await wrong(
    "weights.h5",
    await weightsFile(groups(model, "layers"), "layers"),
    /weights\.h5 has weights without the layers .*model\.save\("model\.keras"\)/,
  );
  const smaller = await hdf5([{ path: "layers/dense/vars/0", shape: [2], data: Float32Array.of(1, 2) }]);
  const entries = (weights: Uint8Array) => [
    { name: "metadata.json", data: text({ keras_version: "2.15.0" }) },
    { name: "config.json", data: text(topologyOf(model)) },
    { name: "model.weights.h5", data: weights },
  ];
  await wrong(
    "other.keras",
    withZip(new Uint8Array(0), entries(smaller)),
    /other\.keras has no weights of layers in "layers\/sequential"/,
  );
  const shapes = await hdf5([
    { path: "layers/sequential/layers/dense/vars/0", shape: [2], data: Float32Array.of(1, 2) },
  ]);
  await wrong(
    "shapes.keras",
    withZip(new Uint8Array(0), entries(shapes)),
    /shapes\.keras: layer "a_dense" \(Dense\) has weights of the shapes \[3, 4\], \[4\], the file has \[2\]/,
  );
});

needs(zip, unzip)("an archive that was packed again, compressed, is read", async (t) => {
  const model = everything();
  const bytes = await archive(model);
  writeFileSync(at("stored.zip"), bytes);
  execFileSync("unzip", ["-q", "stored.zip", "-d", "unpacked"], { cwd: folder });
  execFileSync("zip", ["-q", "-9", "../packed.keras", "config.json", "metadata.json", "model.weights.h5"], {
    cwd: at("unpacked"),
  });
  t.true(readFileSync(at("packed.keras")).length < bytes.length / 2);
  same(t, await loadLayersModel(at("packed.keras")), model);
});
