import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../lib/exec.js";
import { buildCompiler } from "../xs/compiler/compiler.js";

/**
 * A chip's pointers have half the size: it takes some 0.62 of what the same compiler takes here, in blocks of 4 KB, and more where a script has many numbers or
 * names. test/chip/compiling.test.ts compares it with the emulated chip.
 */
const chipShare = 0.68;
const blockBytes = 4096;

/** Bytes of the node's C heap, at most, that compiling the text of an app script takes: measured with XS's own compiler. @throws MissingTool without a C compiler */
export async function compileMemory(text: string): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-script-"));
  try {
    const file = path.join(folder, "app.js");
    await writeFile(file, text);
    const figures = (await run(await buildCompiler(), ["--memory", file])).trim().split(" ").map(Number);
    const [parser, code] = figures as [number, number];
    return Math.ceil(blockBytes + chipShare * parser + code);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
