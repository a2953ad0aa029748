import path from "node:path";
import { loamRoot } from "../../lib/paths.js";
import { compileAll, link } from "../builder/compile.js";
import { engineIncludes, engineRoot, parserBlocks } from "../builder/engine.js";

/** What the SDK's compiler consists of. */
const parts = [
  ...["BigInt", "Code", "Common", "dtoa", "Lexical", "re", "Scope", "SourceMap", "Syntaxical", "Tree"].map((name) =>
    path.join(engineRoot, `sources/xs${name}.c`),
  ),
  parserBlocks,
];
const own = path.join(loamRoot, "host-tools/xs/compiler/compile.c");

/** XS's compiler as a program for this machine, for names of 16 bits as on the chip. */
export async function buildCompiler(): Promise<string> {
  const flags = ["-O1", "-w", "-DmxCompile=1", ...engineIncludes];
  return await link(await compileAll([...parts, own].map((source) => ({ source, flags }))), ["-lm", "-lpthread"]);
}
