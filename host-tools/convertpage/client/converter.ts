import type { Embedded } from "./embedded.js";
import type { Answer, Conversion, Done, Look, Looked, Order, Stage } from "./messages.js";

/** What becomes of each order. */
interface Answers {
  look: Looked;
  convert: Done;
}

/** Runs an order in a worker of its own, which takes its memory with it. @throws Error with what the worker says is wrong; an AbortError when `signal` ends it */
export function inWorker<O extends Look | Conversion>(
  { worker: program, wasm }: Embedded,
  order: O,
  { progress, signal }: { progress?: (stage: Stage) => void; signal?: AbortSignal } = {},
): Promise<Answers[O["kind"]]> {
  const address = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  const worker = new Worker(address);
  const made = new Promise<Answers[O["kind"]]>((done, failed) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.kind === "progress") progress?.(data);
      else if (data.kind === "failed") failed(new Error(data.message));
      else done(data as Answers[O["kind"]]);
    };
    worker.onerror = ({ message }) => failed(new Error(`the converter ended: ${message}`));
    signal?.addEventListener("abort", () => failed(signal.reason as Error));
    worker.postMessage({ ...order, wasm } satisfies Order);
  });
  return made.finally(() => {
    worker.terminate();
    URL.revokeObjectURL(address);
  });
}
