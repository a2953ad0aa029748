/** Reads models and converts them beside the page, which stays at hand meanwhile. */
import { openArray } from "tfjs-to-tflite/graph/arrayData.js";
import { bytesOfBlob, type ArraySource } from "tfjs-to-tflite/graph/arraySource.js";
import type { GivenFile } from "tfjs-to-tflite/graph/webFiles.js";
import { UserError } from "tfjs-to-tflite/lib/errors.js";
import { libraryOn, type ArraySamples } from "tfjs-to-tflite/library.js";
import { useWasm, webHost } from "tfjs-to-tflite/webHost.js";
import { imageSamples, isImage, pictureOf } from "./images.js";
import type { Answer, Conversion, Order, Part } from "./messages.js";
import { pageWords } from "./words.js";

const { convert, inputsOf } = libraryOn(webHost, pageWords);

const answer = (what: Answer): void => postMessage(what);

const filesOf = (parts: readonly Part[]): GivenFile[] =>
  parts.map(({ path, file }) => ({
    name: file.name,
    webkitRelativePath: path,
    arrayBuffer: () => file.arrayBuffer(),
  }));

/** @throws UserError for pictures among files of numbers */
async function samplesOf({ model, samples, images, inputShapes }: Conversion): Promise<(ArraySamples | ArraySource)[]> {
  const pictures = samples.filter(isImage);
  if (pictures.length === 0) return Promise.all(samples.map(({ path, file }) => openArray(bytesOfBlob(file, path))));
  if (pictures.length < samples.length)
    throw new UserError(
      `samples: ${pictures.length} pictures and ${samples.length - pictures.length} other files, such as ${samples.find((part) => !isImage(part))!.path}; give pictures alone, or one file of numbers per input`,
    );
  const inputs = (await inputsOf(filesOf(model))).map((input) => ({
    ...input,
    shape: inputShapes[input.name] ?? input.shape ?? [],
  }));
  const progress = (done: number): void => answer({ kind: "progress", what: "Reading pictures ...", done });
  return [await imageSamples(pictures, pictureOf(inputs), images, progress)];
}

async function converted(order: Conversion): Promise<Answer> {
  const { model, images, activations, io, weights, inputShapes, labels, force, mixed, lstm, name } = order;
  const calibrate = await samplesOf(order);
  const [used] = order.samples.some(isImage) ? calibrate[0]!.shape! : [];
  const what = calibrate.length > 0 ? "Quantizing ..." : "Converting ...";
  const { tflite, report } = await convert(filesOf(model), {
    ...{ name, activations, force, mixed, lstm, inputShapes },
    ...(calibrate.length > 0 ? { calibrate, io } : { weights }),
    ...(labels.length > 0 && { labels }),
    ...(used !== undefined && { normalization: { mean: [...images.mean], std: [...images.std] } }),
    progress: { update: (done) => answer({ kind: "progress", what, done }), finish() {} },
    compareProgress: { update: (done) => answer({ kind: "progress", what: "Comparing ...", done }), finish() {} },
  });
  const left = order.samples.length - (used ?? order.samples.length);
  return { kind: "done", tflite, report, left };
}

async function run(order: Order): Promise<Answer> {
  useWasm({
    "tfjs-backend-wasm.wasm": order.wasm.plain,
    "tfjs-backend-wasm-simd.wasm": order.wasm.simd,
    "tfjs-backend-wasm-threaded-simd.wasm": order.wasm.simd,
  });
  return order.kind === "look" ? { kind: "looked", inputs: await inputsOf(filesOf(order.model)) } : converted(order);
}

addEventListener("message", ({ data }: MessageEvent<Order>) => {
  run(data).then(answer, (error: unknown) => {
    const what = error instanceof Error ? error : new Error(String(error));
    answer({ kind: "failed", message: what instanceof UserError ? what.message : `${what.name}: ${what.message}` });
  });
});
