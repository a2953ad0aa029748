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
const underWay = new Map<string, Promise<Compiled>>();

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

/** A compiled file, and what its content depends on: the same for the same code. */
interface Compiled {
  object: string;
  state: string;
}

/** Of a compilation. */
interface ObjectRecord {
  /** What it read. */
  files: string[];
  /** Their state then. */
  read: string;
  state: string;
}

/**
 * Compiles one C file unless the cached object was built from the same source, headers and flags, or from what the preprocessor makes the same of:
 * programs have folders of their own in the search path, and few files read anything there.
 * @returns the object, and its state
 * @throws UserError with the compiler's output
 */
function compile(job: CompileJob): Promise<Compiled> {
  const key = hashOf(job.compiler ?? compiler(), job.source, job.flags.join("\0"));
  const running = underWay.get(key) ?? compileOnce(job, key).finally(() => underWay.delete(key));
  underWay.set(key, running);
  return running;
}

async function compileOnce(job: CompileJob, key: string): Promise<Compiled> {
  const { name } = path.parse(job.source);
  const objectOf = (state: string) => path.join(objectRoot, `${name}-${state}.o`);
  const record = path.join(objectRoot, `${name}-${key}.json`);
  if (existsSync(record)) {
    const { files, read, state } = JSON.parse(readFileSync(record, "utf8")) as ObjectRecord;
    const object = objectOf(state);
    if (existsSync(object) && stateOf(files) === read) return { object, state };
  }
  await mkdir(objectRoot, { recursive: true });
  const { text, files } = await preprocess(job, path.join(objectRoot, `${name}-${key}.${process.pid}.d`));
  const generating = job.flags.filter((flag) => !/^-(I|isystem|D)/.test(flag));
  const state = hashOf(job.compiler ?? compiler(), generating.join("\0"), withoutFolders(text));
  const object = objectOf(state);
  if (!existsSync(object)) {
    const temporary = `${object}.${process.pid}.${++serial}`;
    await runCompiler(job, ["-c", job.source, "-o", temporary]);
    await rename(temporary, object);
  }
  await writeFileAtomic(record, JSON.stringify({ files, read: stateOf(files) ?? "", state } satisfies ObjectRecord));
  return { object, state };
}

/** The preprocessor's output with the names of files alone in its line markers: the same code in another folder, an installed package's or a checkout's, is the same object. */
const withoutFolders = (text: string): string => text.replace(/^(# \d+ ")[^"\n]*\//gm, "$1");

/** @param list a temporary file for the compiler's list of what it read */
async function preprocess(job: CompileJob, list: string): Promise<{ text: string; files: string[] }> {
  const text = await runCompiler(job, ["-MD", "-MF", list, "-E", job.source]);
  const files = prerequisites(await readFile(list, "utf8"));
  await rm(list);
  return { text, files };
}

const runCompiler = (job: CompileJob, args: string[]): Promise<string> =>
  run(job.compiler ?? compiler(), [...job.flags, ...args], { install: job.install ?? install });

/** Compiles all, in parallel on all processors. `onDone` is called after each. */
export async function compileAll(jobs: CompileJob[], onDone: () => void = () => {}): Promise<Compiled[]> {
  const results: Compiled[] = [];
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

/** Links objects into a program named by their content. @param linker default: the compiler for this machine */
export async function link(objects: Compiled[], flags: string[], linker = compiler()): Promise<string> {
  const directory = path.join(cacheRoot, "xs", "programs");
  const program = path.join(directory, hashOf(linker, flags.join("\0"), ...objects.map(({ state }) => state)));
  if (existsSync(program)) return program;
  await mkdir(directory, { recursive: true });
  const temporary = `${program}.${process.pid}.${++serial}`;
  await run(linker, [...objects.map(({ object }) => object), ...flags, "-o", temporary], { install });
  await rename(temporary, program);
  return program;
}
