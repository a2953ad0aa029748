// Slow: millions of random blocks, under sanitizers
import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { buildProgram } from "../../host-tools/board/build.js";
import { run } from "../../host-tools/lib/exec.js";

/** What microDot.h chooses for the 16 registers of Xtensa. */
const narrow = ["microOutputs=2", "microPixels=2"];

const programs: Record<string, { file: string; rounds: string; defines?: string[] }> = {
  "a million random factors, products and float32 operations agree with their definitions": {
    file: "arithmetic.c",
    rounds: "1000000",
  },
  "100,000 random blocks of dot products agree with their definition, the ends of int8 included": {
    file: "dots.c",
    rounds: "100000",
  },
  "ADD, SUB and MUL of all pairs of bytes agree with TensorFlow Lite Micro's definition, for 600 random layers": {
    file: "binary.c",
    rounds: "600",
  },
  "QUANTIZE of a million random floats agrees with its definition, the middles between steps included": {
    file: "convert.c",
    rounds: "1000000",
  },
  "so do the smaller blocks of chips with 16 registers": { file: "dots.c", rounds: "100000", defines: narrow },
};

for (const [title, { file, rounds, defines }] of Object.entries(programs))
  test(title, async (t) => {
    t.timeout(120_000);
    const source = path.join(path.dirname(fileURLToPath(import.meta.url)), file);
    const program = await buildProgram("host", source, {
      optimize: "-O2",
      sanitize: true,
      ...(defines ? { defines } : {}),
    });
    t.is((await run(program, [])).trim(), rounds);
  });
