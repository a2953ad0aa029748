/** Tensors' data is a window on the arena of an inference. Script may keep it, make more of them, and give it to another inference as its model. */
import Host from "host";
import Inference from "inference";
import Resource from "Resource";

/** Two models of a RELU, on 16 and on 4096 elements: the tensor of one holds the other. */
const small = new Resource("small.tflite");
const large = new Resource("large.tflite");
const input = Int8Array.from({ length: 16 }, (_, i) => 10 * i - 80);

const open = (model: unknown): Inference => new Inference({ model: model as never, arena: 16384 });

function outputOf(inference: Inference): string {
  inference.input().data.set(input);
  inference.invoke();
  return inference.output().data.join();
}

/** Models in memory that moves or is freed. */
function movedModels(expected: string): [what: string, is: string, expected: string][] {
  const bytes = small.slice(0);
  const holder = open(large);
  const room = holder.input().data;
  room.set(new Int8Array(bytes));
  Host.stress(true);
  const inHeap = open(bytes);
  const inTensor = open(room.subarray(0, bytes.byteLength));
  // Garbage collection moves the one; the other's memory is freed.
  for (let i = 0; i < 4; i++) new ArrayBuffer(100 + i);
  holder.close();
  Host.stress(false);
  return [
    ["a model in XS's heap", outputOf(inHeap), expected],
    ["a model in another's tensor", outputOf(inTensor), expected],
  ];
}

/** Windows that script made itself, and one whose properties it deleted. */
function keptWindows(): [what: string, is: string, expected: string][] {
  const inference = open(small);
  const own = inference.input().data;
  type Window = new (inference: object, output: boolean, index: number) => ArrayBuffer;
  const Window = (own.buffer as unknown as { constructor: Window }).constructor;
  const made = new Int8Array(new Window(inference, false, 0));
  const before = `${made.length} ${own.length}`;
  delete (own.buffer as unknown as { inference?: object }).inference;
  (own.buffer as unknown as { detach: () => void }).detach = () => {};
  inference.close();
  return [
    ["windows on an open inference", before, "16 16"],
    ["windows on a closed one", `${made.length} ${own.length} ${made[0]} ${own[0]}`, "0 0 undefined undefined"],
  ];
}

/** What went wrong. */
export function windowFailures(): string[] {
  const expected = outputOf(open(small));
  return [
    ["RELU", expected, input.map((value) => Math.max(0, value)).join()] as const,
    ...movedModels(expected),
    ...keptWindows(),
  ]
    .filter(([, is, should]) => is !== should)
    .map(([what, is, should]) => `${what}: ${is}, ${should} expected`);
}
