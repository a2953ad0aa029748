import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { UserError } from "../lib/errors.js";
import { decodeAnswer, encodeRequest, type FrameAnswer, type FrameRequest } from "./frames.js";
import { inferenceProgram, type Backend } from "./programs.js";

interface Waiting {
  request: FrameRequest;
  resolve(answer: FrameAnswer): void;
  reject(error: Error): void;
}

/** One process of a backend that answers any number of requests, in order. */
export class InferenceSession {
  readonly backend: Backend;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: Waiting[] = [];
  #chunks: Buffer[] = [];
  #bytes = 0;
  #stderr = "";
  #ended: Error | undefined;

  /** @param program a build of the backend other than the usual one. @throws UserError or MissingTool when the backend's program cannot be built here */
  static async start(backend: Backend, program?: string): Promise<InferenceSession> {
    return new InferenceSession(backend, program ?? (await inferenceProgram(backend)));
  }

  private constructor(backend: Backend, program: string) {
    this.backend = backend;
    this.#child = spawn(program, { stdio: "pipe" });
    this.#child.stdout.on("data", (chunk: Buffer) => this.#take(chunk));
    this.#child.stderr.on("data", (chunk: Buffer) => (this.#stderr = (this.#stderr + chunk.toString()).slice(-2000)));
    // "close" reports a process that has died; the broken pipe error is redundant.
    this.#child.stdin.on("error", () => {});
    this.#child.on("error", (error) => this.#end(error));
    this.#child.on("close", (code, signal) =>
      this.#end(
        new UserError(
          `backend ${backend} ended (${signal ?? `exit ${code}`})${this.#stderr && `: ${this.#stderr.trim()}`}`,
        ),
      ),
    );
  }

  /** @throws UserError when the program dies on it; a model that is refused is an answer with a fault */
  ask(request: FrameRequest): Promise<FrameAnswer> {
    const other = request.runs.find((run) => run.length !== request.runs[0]!.length);
    if (other)
      throw new UserError(
        `inputs of one request must have one length: run 0 has ${request.runs[0]!.length} bytes, another ${other.length}`,
      );
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      this.#child.stdin.write(encodeRequest(request));
    });
  }

  /** Ends the process once everything that was asked is answered. */
  close(): void {
    this.#child.stdin.end();
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    for (;;) {
      if (this.#bytes < 4) return;
      const first = this.#chunks[0]!.length >= 4 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
      const length = first.readUInt32LE(0);
      if (this.#bytes < 4 + length) return;
      const all = Buffer.concat(this.#chunks);
      this.#chunks = [all.subarray(4 + length)];
      this.#bytes -= 4 + length;
      const next = this.#waiting.shift();
      next?.resolve(decodeAnswer(all.subarray(4, 4 + length), next.request));
    }
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#ended);
  }
}
