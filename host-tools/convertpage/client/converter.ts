import type { Embedded } from "./embedded.js";
import type { Answer, Order } from "./messages.js";

type Made = Extract<Answer, { kind: "done" }>;

/** Runs an order in a worker of its own, which takes its memory with it. @throws Error with what the worker says is wrong */
export function inWorker(
  { worker: program, wasm }: Embedded,
  order: Omit<Order, "wasm">,
  progress: (done: number) => void,
): Promise<Made> {
  const address = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  const worker = new Worker(address);
  const made = new Promise<Made>((done, failed) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.kind === "progress") progress(data.done);
      else if (data.kind === "done") done(data);
      else failed(new Error(data.message));
    };
    worker.onerror = ({ message }) => failed(new Error(`the converter ended: ${message}`));
    worker.postMessage({ ...order, wasm } satisfies Order);
  });
  return made.finally(() => {
    worker.terminate();
    URL.revokeObjectURL(address);
  });
}
