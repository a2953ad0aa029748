/** The Node side of frames.h. */

export interface FrameRequest {
  model: Uint8Array;
  arena: number;
  trace: boolean;
  /** Before each run. */
  reset: boolean;
  /** Inputs that are not in the arena, a bit for each; tflite has no arena. */
  external?: number;
  /** One concatenation of all input tensors per run; all of the same length. */
  runs: Uint8Array[];
}

export interface TraceRow {
  index: number;
  builtinCode: number;
  shape: number[];
  hash: number;
}

/** A backend's error for a model that it cannot run, or not in this arena. Numbers that do not apply are -1, bytes 0. */
export interface InferenceFault {
  status: number;
  operator: number;
  builtinCode: number;
  tensor: number;
  needed: number;
  given: number;
  text: string;
}

export interface FrameRun {
  outputs: Uint8Array[];
  trace: TraceRow[];
}

export type FrameAnswer = { fault: InferenceFault } | { fault?: undefined; arenaUsed: number; runs: FrameRun[] };

export function encodeRequest({ model, arena, trace, reset, runs, external = 0 }: FrameRequest): Buffer {
  const header = Buffer.alloc(24);
  const flags = (trace ? 1 : 0) | (reset ? 2 : 0);
  [model.length, arena, flags, runs.length, runs[0]?.length ?? 0, external].forEach((word, i) =>
    header.writeUInt32LE(word, 4 * i),
  );
  return Buffer.concat([header, model, ...runs]);
}

/** @param answer without its length; `request` is what it answers */
export function decodeAnswer(answer: Buffer, request: FrameRequest): FrameAnswer {
  let at = 0;
  const word = () => answer.readUInt32LE((at += 4) - 4);
  const signed = () => answer.readInt32LE((at += 4) - 4);
  const status = word();
  if (status !== 0)
    return {
      fault: {
        status,
        operator: signed(),
        builtinCode: signed(),
        tensor: signed(),
        needed: word(),
        given: word(),
        text: answer.toString("utf8", at),
      },
    };
  const words = (count: number) => Array.from({ length: count }, word);
  const arenaUsed = word();
  const sizes = words(word());
  const traceRow = (): TraceRow => ({ index: word(), builtinCode: signed(), shape: words(word()), hash: word() });
  const runs = request.runs.map((): FrameRun => {
    const outputs = sizes.map((size) => Uint8Array.from(answer.subarray(at, (at += size))));
    return { outputs, trace: request.trace ? Array.from({ length: word() }, traceRow) : [] };
  });
  return { arenaUsed, runs };
}
