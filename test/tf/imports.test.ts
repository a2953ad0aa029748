import { readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-layers";
import test from "ava";
import { register } from "tsx/esm/api";
import { loamRoot } from "../../host-tools/lib/paths.js";
import type * as Backend from "tfjs-to-tflite/tf/backend.js";
import type * as CustomLayers from "tfjs-to-tflite/tf/customLayers.js";

type Snapshot = Map<string, unknown>;

/** Every own property of a class's prototype, and of those that it inherits from. */
function addPrototypes(snapshot: Snapshot, name: string, start: object): void {
  let depth = 0;
  for (
    let prototype: object | null = start;
    prototype && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype) as object | null, depth++
  )
    for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype)))
      snapshot.set(`${name}^${depth}.${key}`, property.value ?? property.get);
}

/** Everything that a module could modify in tfjs: layers by name and what they inherit, kernels, gradients, tensors' methods. */
function tfjsNow(): Snapshot {
  const snapshot: Snapshot = new Map();
  addPrototypes(snapshot, "Tensor", tf.Tensor.prototype);
  for (const [name, [found]] of Object.entries(tf.serialization.SerializationMap.getMap().classNameMap)) {
    snapshot.set(`class ${name}`, found);
    addPrototypes(snapshot, name, (found as unknown as { prototype: object }).prototype);
  }
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend("wasm")) {
    snapshot.set(`kernel ${kernelName}`, kernelFunc);
    snapshot.set(`gradient ${kernelName}`, (tf.getGradient(kernelName) as tf.GradConfig | undefined)?.gradFunc);
  }
  return snapshot;
}

const changes = (before: Snapshot, after: Snapshot): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));

// The modules as they are, one by one: a bundle of the tests has none of them.
register();
const folder = path.join(loamRoot, "packages/tfjs-to-tflite/src/tf");
const load = <T>(name: string): Promise<T> => import(pathToFileURL(path.join(folder, name)).href) as Promise<T>;

test.serial("importing loam's additions to tfjs does not modify tfjs", async (t) => {
  const before = tfjsNow();
  t.true(before.size > 1000);
  const modules = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  t.true(modules.length >= 10);
  for (const name of modules) {
    await load(name);
    t.deepEqual(changes(before, tfjsNow()), [], name);
  }
});

test.serial("registerCustomLayers adds layers, patches what is listed of tfjs's and replaces five, once", async (t) => {
  const { registerCustomLayers } = await load<typeof CustomLayers>("customLayers.ts");
  const before = tfjsNow();
  registerCustomLayers();
  const after = tfjsNow();
  const changed = changes(before, after);
  const replaced = ["GRU", ...["Max", "Average", "GlobalMax", "GlobalAverage"].map((kind) => `${kind}Pooling1D`)];
  for (const name of [
    "Subtract",
    "SeparableConv1D",
    "ZeroPadding1D",
    "Cropping1D",
    "UpSampling1D",
    "silu",
    ...replaced,
  ])
    t.true(changed.includes(`class ${name}`), name);
  // SeparableConv2D inherits it from the class between it and Conv2D; Conv1D had inherited both.
  // Of `Layer`, from which every class has it; it is its own in two.
  const apply = before.get("Dense^1.apply");
  const patched = changed.filter((key) => {
    const [name] = key.split("^") as [string];
    return before.has(`class ${name}`) && !replaced.includes(name) && before.get(key) !== apply;
  });
  t.not(after.get("Dense^1.apply"), apply);
  t.deepEqual(patched.sort(), [
    "BatchNormalization^0.call",
    "Bidirectional^0.apply",
    "Conv1D^0.call",
    "Conv1D^0.computeOutputShape",
    "Conv1D^0.getConfig",
    "ConvLSTM2D^2.apply",
    "DepthwiseConv2D^0.call",
    "DepthwiseConv2D^0.computeOutputShape",
    "Flatten^0.inputSpec",
    "LSTM^1.apply",
    "RNN^0.apply",
    "SeparableConv2D^1.call",
    "SeparableConv2D^1.getConfig",
    "SimpleRNN^1.apply",
  ]);
  registerCustomLayers();
  t.deepEqual(changes(after, tfjsNow()), []);
});

test.serial("startBackend replaces kernels and gradients, but no layers", async (t) => {
  const { startBackend } = await load<typeof Backend>("backend.ts");
  const before = tfjsNow();
  t.is(await startBackend("wasm"), "wasm");
  const changed = changes(before, tfjsNow());
  for (const name of [
    "kernel BatchMatMul",
    "kernel Conv2DBackpropFilter",
    "gradient FusedBatchNorm",
    "gradient Conv2D",
  ])
    t.true(changed.includes(name), name);
  t.deepEqual(
    changed.filter((key) => !/^(kernel|gradient) /.test(key)),
    [],
  );
});
