// Slow: writes 90 MB of C
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { createReadStream } from "node:fs";
import fc from "fast-check";
import test from "ava";
import { artifactFiles, writeArtifacts } from "tfjs-to-tflite/convert/artifacts.js";
import { cArray } from "tfjs-to-tflite/convert/cArray.js";
import type { Summary } from "tfjs-to-tflite/convert/summary.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";

const folder = path.join(buildRoot, "test", `c-array-${process.pid}`);
const at = (name: string) => path.join(folder, name);
const summary = { name: "model" } as Summary;

test.before(() => mkdirSync(folder, { recursive: true }));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** The array's numbers, as a C compiler reads them. */
const numbersIn = (source: string): number[] =>
  [...source.slice(source.indexOf("= {") + 3, source.indexOf("};")).matchAll(/0x([0-9a-f]{2}),/g)].map((match) =>
    parseInt(match[1]!, 16),
  );

test("the C source holds the bytes and their number, for any size", (t) => {
  const lengths = [0, 1, 15, 16, 17, 31, 32, 65_535, 65_536, 65_537, 131_089];
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...lengths), fc.nat(300)), fc.nat(255), (length, first) => {
      const bytes = Uint8Array.from({ length }, (_, i) => first + 7 * i);
      const { source } = cArray("model", "model.h", bytes);
      const text = Buffer.concat([...source.chunks()]);
      t.is(text.length, source.bytes);
      t.deepEqual(numbersIn(text.toString()), [...bytes]);
      // No line is longer than sixteen numbers, none ends in a blank.
      t.true(
        text
          .toString()
          .split("\n")
          .every((line) => line.length <= 2 + 16 * 6 - 1 && !line.endsWith(" ")),
      );
    }),
    { numRuns: 60 },
  );
});

test("a C compiler accepts it: bytes, length and alignment", async (t) => {
  const bytes = Uint8Array.from({ length: 70_001 }, (_, i) => (i * i) >> 3);
  await writeArtifacts({ tflite: bytes, summary }, at("model"));
  writeFileSync(
    at("main.c"),
    `#include <stdint.h>
#include <stdio.h>
#include "model.h"
int main(void)
{
    if (((uintptr_t)model & 15) != 0 || sizeof(model) != model_len) return 1;
    return fwrite(model, 1, model_len, stdout) == model_len ? 0 : 1;
}
`,
  );
  execFileSync("cc", ["-std=c99", "-Wall", "-Wextra", "-Werror", at("main.c"), at("model.c"), "-o", at("main")]);
  t.deepEqual(execFileSync(at("main"), { maxBuffer: 1 << 20 }), Buffer.from(bytes));
});

test("--no-c-array writes neither .c nor .h", async (t) => {
  const files = await writeArtifacts({ tflite: new Uint8Array(16), summary }, at("1 2"), { cArray: false });
  t.deepEqual(files, [at("1 2.tflite"), at("1 2.json")]);
  t.deepEqual(
    readdirSync(folder)
      .filter((name) => name.startsWith("1 2"))
      .sort(),
    ["1 2.json", "1 2.tflite"],
  );
  t.deepEqual(
    artifactFiles(at("1 2"), { cArray: false }).map(({ file }) => file),
    files,
  );
  t.is(readFileSync(at("1 2.tflite")).length, 16);
});

/** Longer as C than the longest string of V8, 2^29 - 24. */
const largeBytes = 90_000_000;
/** For Node, tsx and the loaded modules; the text would be 557 MB. */
const spareBytes = 220_000_000;

test("a 90 MB model is written whole, in bounded memory", async (t) => {
  t.timeout(180_000);
  // The text goes through a FIFO, not onto the disk.
  execFileSync("mkfifo", [at("large.c")]);
  const script = `
    import { writeArtifacts } from ${JSON.stringify(path.join(loamRoot, "packages/tfjs-to-tflite/src/convert/artifacts.ts"))};
    const tflite = new Uint8Array(${largeBytes});
    for (let i = 0; i < tflite.length; i++) tflite[i] = i % 251;
    await writeArtifacts({ tflite, summary: { name: "large" } }, ${JSON.stringify(at("large"))});
    console.log(process.resourceUsage().maxRSS * 1024);`;
  const child = spawn("node", ["--max-old-space-size=64", "--import", "tsx", "--input-type=module", "-e", script], {
    cwd: loamRoot,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let most = "";
  child.stdout.on("data", (chunk: Buffer) => (most += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let count = 0;
  let wrong = 0;
  let last = "";
  for await (const line of createInterface({ input: createReadStream(at("large.c")) })) {
    if (line.startsWith("  0x")) {
      // The first number of each line, and how many it has.
      if (parseInt(line.slice(4, 6), 16) !== count % 251) wrong++;
      count += (line.length - 1) / 6;
    }
    last = line;
  }
  t.is(await ended, 0);
  t.is(wrong, 0);
  t.is(count, largeBytes);
  t.is(last, `const unsigned int large_len = ${largeBytes};`);
  t.true(Number(most) < largeBytes + spareBytes, `${most.trim()} bytes at most`);
  t.is(readFileSync(at("large.tflite")).length, largeBytes);
});
