/** Converts, beside the page, which stays at hand meanwhile. */
import { parseArray } from "tfjs-to-tflite/graph/arrayData.js";
import { convert, UserError, useWasm } from "tfjs-to-tflite/web.js";
import type { Answer, Order, Part } from "./messages.js";

const bytesOf = async ({ file }: Part): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer());
const answer = (what: Answer): void => postMessage(what);

async function run({ wasm, model, samples, activations, io, name }: Order): Promise<Answer> {
  useWasm({
    "tfjs-backend-wasm.wasm": wasm.plain,
    "tfjs-backend-wasm-simd.wasm": wasm.simd,
    "tfjs-backend-wasm-threaded-simd.wasm": wasm.simd,
  });
  const calibrate = await Promise.all(samples.map(async (part) => parseArray(part.path, await bytesOf(part))));
  const files = model.map(({ path, file }) => ({
    name: file.name,
    webkitRelativePath: path,
    arrayBuffer: () => file.arrayBuffer(),
  }));
  const { tflite, report } = await convert(files, {
    ...{ name, activations, io },
    ...(calibrate.length > 0 && { calibrate }),
    progress: { update: (done) => answer({ kind: "progress", done }), finish() {} },
  });
  return { kind: "done", tflite, report };
}

addEventListener("message", ({ data }: MessageEvent<Order>) => {
  run(data).then(answer, (error: unknown) => {
    const what = error instanceof Error ? error : new Error(String(error));
    answer({ kind: "failed", message: what instanceof UserError ? what.message : `${what.name}: ${what.message}` });
  });
});
