import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { availableParallelism } from "node:os";
import { run } from "../../lib/exec.js";
import { writeFileAtomic } from "../../lib/files.js";
import { cacheRoot } from "../../lib/paths.js";
import { hashOf, hashOfFile } from "./hash.js";

export interface CompileJob {
  source: string;
  flags: string[];
  /** Default: the compiler for this machine. */
  compiler?: string;
  /** The command that installs it. */
  install?: string;
}

const objectRoot = path.join(cacheRoot, "xs", "objects");
const install = "apt-get install gcc    (or clang; on macOS: xcode-select --install)";

/** The C compiler: $CC or cc. */
const compiler = (): string => process.env["CC"] ?? "cc";

/** Compilations of this process: programs that are built concurrently may share an object. */
const underWay = new Map<string, Promise<{ object: string; state: string }>>();

/** Makes temporary names unique within this process. */
let serial = 0;

/** The headers that a compilation read, from the compiler's dependency file. */
function prerequisites(text: string): string[] {
  const rule = text.slice(text.indexOf(": ") + 2).replace(/\\\n/g, " ");
  return rule
    .split(/(?<!\\)\s+/)
    .filter((name) => name !== "")
    .map((name) => name.replace(/\\ /g, " "));
}

/** The state of an object's prerequisites, or undefined when it must be rebuilt. */
function stateOf(files: string[]): string | undefined {
  const states = files.map((file) => hashOfFile(file));
  return states.every((state) => state !== undefined) ? hashOf(...states) : undefined;
}

/**
 * Compiles one C file unless the cached object was built from the same source, headers and flags.
 * @returns the object, and its content hash
 * @throws UserError with the compiler's output
 */
function compile(job: CompileJob): Promise<{ object: string; state: string }> {
  const key = hashOf(job.compiler ?? compiler(), job.source, job.flags.join("\0"));
  const running = underWay.get(key) ?? compileOnce(job, key).finally(() => underWay.delete(key));
  underWay.set(key, running);
  return running;
}

async function compileOnce(job: CompileJob, key: string): Promise<{ object: string; state: string }> {
  const object = path.join(objectRoot, `${path.parse(job.source).name}-${key}.o`);
  const record = `${object}.json`;
  if (existsSync(object) && existsSync(record)) {
    const { files, state } = JSON.parse(readFileSync(record, "utf8")) as { files: string[]; state: string };
    if (stateOf(files) === state) return { object, state: hashOf(key, state) };
  }
  await mkdir(objectRoot, { recursive: true });
  const temporary = `${object}.${process.pid}`;
  const flags = [...job.flags, "-MD", "-MF", `${temporary}.d`, "-c", job.source, "-o", temporary];
  await run(job.compiler ?? compiler(), flags, { install: job.install ?? install });
  const files = prerequisites(await readFile(`${temporary}.d`, "utf8"));
  const state = stateOf(files) ?? "";
  await rename(temporary, object);
  await rm(`${temporary}.d`);
  await writeFileAtomic(record, JSON.stringify({ files, state }));
  return { object, state: hashOf(key, state) };
}

/** Compiles all, in parallel on all processors. `onDone` is called after each. */
export async function compileAll(
  jobs: CompileJob[],
  onDone: () => void = () => {},
): Promise<{ object: string; state: string }[]> {
  const results: { object: string; state: string }[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < jobs.length; at = next++) {
      results[at] = await compile(jobs[at]!);
      onDone();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

/** Links objects into a program named by their content. */
export async function link(objects: { object: string; state: string }[], flags: string[]): Promise<string> {
  const directory = path.join(cacheRoot, "xs", "programs");
  const program = path.join(directory, hashOf(compiler(), flags.join("\0"), ...objects.map(({ state }) => state)));
  if (existsSync(program)) return program;
  await mkdir(directory, { recursive: true });
  const temporary = `${program}.${process.pid}.${++serial}`;
  await run(compiler(), [...objects.map(({ object }) => object), ...flags, "-o", temporary], { install });
  await rename(temporary, program);
  return program;
}
