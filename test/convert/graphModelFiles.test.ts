import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { build } from "esbuild";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { at, run } from "./conversions.js";
import { GraphModelMaker } from "./graphModels.js";

/** A model in a folder, its weights as the manifest can have them. */
function saved(name: string, quantization?: "float16" | "uint8" | "uint16"): string {
  const maker = new GraphModelMaker();
  const image = maker.input("image", [-1, -1, 8, 2]);
  const filter = maker.constant([1, 1, 2, 3], Float32Array.of(0.5, -1, 2, 0.25, 1.5, -0.75));
  const conv = maker.node("Conv2D", [image, filter], { strides: [1, 1, 1, 1], padding: "SAME" });
  const { json, weights } = maker.model({ scores: maker.node("Relu", [conv], {}, "relu") });
  const [entry] = json.weightsManifest[0]!.weights as [(typeof json.weightsManifest)[0]["weights"][0]];
  let bytes = new Uint8Array(weights[0]!);
  const values = new Float32Array(weights[0]!);
  // Every value is min + scale * n with a whole n, and exact as a half.
  const steps = Array.from(values, (value) => Math.round((value + 1) / 0.25));
  if (quantization === "float16") {
    const halves = Uint16Array.of(0x3800, 0xbc00, 0x4000, 0x3400, 0x3e00, 0xba00);
    bytes = new Uint8Array(halves.buffer);
    entry.quantization = { dtype: "float16", original_dtype: "float32" } as never;
  } else if (quantization) {
    bytes = quantization === "uint8" ? Uint8Array.from(steps) : new Uint8Array(Uint16Array.from(steps).buffer);
    entry.quantization = { dtype: quantization, scale: 0.25, min: -1 };
  }
  mkdirSync(at(name));
  writeFileSync(at(name, "model.json"), JSON.stringify({ format: "graph-model", ...json }));
  writeFileSync(at(name, "weights.bin"), bytes);
  return at(name);
}

test("a graph model in a folder, with whole or quantized weights, gives the same .tflite", async (t) => {
  const files: Buffer[] = [];
  for (const quantization of [undefined, "float16", "uint8", "uint16"] as const) {
    const place = saved(`graph-${quantization}`, quantization);
    const { code, stderr } = await run(
      "convert",
      place,
      "--float",
      "--input-shape",
      "8,8,2",
      "--out",
      at(`g${quantization}/net`),
    );
    t.is(code, 0, stderr);
    files.push(readFileSync(at(`g${quantization}/net.tflite`)));
  }
  files.forEach((file) => t.deepEqual(file, files[0]));
  const summary = JSON.parse(readFileSync(at("gundefined/net.json"), "utf8")) as {
    outputs: { name: string; shape: number[] }[];
  };
  t.deepEqual(
    summary.outputs.map(({ name, shape }) => [name, shape]),
    [["scores", [1, 8, 8, 3]]],
  );
});

test("a free size needs --input-shape, which must be sizes", async (t) => {
  const place = saved("free");
  const none = await run("convert", place, "--float", "--out", at("free/net"));
  t.is(none.code, 1);
  t.regex(none.stderr, /input "image" has shape \[\?, \?, 8, 2\]; .* --input-shape SIZE,8,2/);
  const wrong = await run("convert", place, "--float", "--input-shape", "8,big,2", "--out", at("free/net"));
  t.is(wrong.code, 1);
  t.regex(wrong.stderr, /--input-shape 8,big,2: sizes are whole numbers of at least 1/);
});

test("a command of layers models names a graph model as what it is", async (t) => {
  const { code, stderr } = await run(
    "prune",
    saved("pruned"),
    "--ratio",
    "0.5",
    "--uniform",
    "--out",
    at("pruned-out"),
  );
  t.is(code, 1);
  t.regex(stderr, /is a tfjs graph model, which only `loam convert` takes/);
});

test("the translation of graph models needs nothing of Node", async (t) => {
  const { metafile } = await build({
    entryPoints: [path.join(loamRoot, "packages/tfjs-to-tflite/src/convert/graphModel/index.ts")],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    external: ["@tensorflow/*"],
  });
  t.true(Object.keys(metafile.inputs).some((file) => file.endsWith("graphModel/ops/convolution.ts")));
  t.deepEqual(
    Object.values(metafile.inputs).flatMap(({ imports }) =>
      imports.filter(({ path: name }) => name.startsWith("node:")),
    ),
    [],
  );
});
