/** Objects of the engine's files, which programs share. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { run } from "../lib/exec.js";
import { cacheRoot } from "../lib/paths.js";
import { hashOf } from "../xs/builder/hash.js";

export interface ObjectsJob {
  compiler: string;
  install: string;
  flags: readonly string[];
  /** As NAME=VALUE. */
  defines: readonly string[];
  sources: readonly string[];
  /** A folder of headers, beside those of the files that include them. */
  headers: string;
}

/** A file's text with those of all headers of ours that it may include. */
export async function textWithHeaders(file: string, headers: string, seen = new Set<string>()): Promise<string> {
  seen.add(file);
  const texts = [await readFile(file, "utf8")];
  for (const [, name] of texts[0]!.matchAll(/^\s*#\s*include "(.+)"/gm)) {
    const header = [path.dirname(file), headers]
      .map((folder) => path.join(folder, name!))
      .find((one) => existsSync(one));
    if (header && !seen.has(header)) texts.push(await textWithHeaders(header, headers, seen));
  }
  return texts.join("\n");
}

/** What this process compiles: of programs that are built at once, the second finds what the first has made. */
let underWay: Promise<unknown> = Promise.resolve();

/**
 * Compiles what has not been compiled with the same flags, and those of the definitions that its text names.
 * @returns the objects, in the order of the sources
 */
export function compileObjects(job: ObjectsJob): Promise<string[]> {
  const compiled = underWay.then(() => compileMissing(job));
  underWay = compiled.catch(() => {});
  return compiled;
}

async function compileMissing(job: ObjectsJob): Promise<string[]> {
  const { compiler, flags, defines, sources, headers } = job;
  const folder = path.join(cacheRoot, "board", "objects");
  const objects = await Promise.all(
    sources.map(async (source) => {
      const text = await textWithHeaders(source, headers);
      const named = defines.filter((define) => new RegExp(`\\b${/^\w+/.exec(define)![0]}\\b`).test(text));
      const key = hashOf(compiler, ...flags, "", ...named, "", source, text);
      return { source, object: path.join(folder, `${path.parse(source).name}-${key}.o`) };
    }),
  );
  const missing = objects.filter(({ object }) => !existsSync(object));
  const parts = availableParallelism();
  await Promise.all(
    Array.from({ length: parts }, (_, part) =>
      compileInto(
        folder,
        job,
        missing.filter((_, at) => at % parts === part),
      ),
    ),
  );
  return objects.map(({ object }) => object);
}

/** With one call of the compiler for all of one language: it names objects by their sources, and takes a while to begin. */
async function compileInto(
  folder: string,
  { compiler, install, flags, defines, headers }: ObjectsJob,
  wanted: readonly { source: string; object: string }[],
): Promise<void> {
  for (const extension of new Set(wanted.map(({ source }) => path.extname(source)))) {
    const batch = wanted.filter(({ source }) => path.extname(source) === extension);
    await mkdir(folder, { recursive: true });
    const work = await mkdtemp(path.join(folder, "work-"));
    try {
      const given = [`-I${headers}`, ...defines.map((define) => `-D${define}`)];
      await run(compiler, [...flags, ...given, "-c", ...batch.map(({ source }) => source)], { install, cwd: work });
      for (const { source, object } of batch) await rename(path.join(work, `${path.parse(source).name}.o`), object);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
}
