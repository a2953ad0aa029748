/**
 * `npm test` and `npm run test:quick`: runs ava, then says what was skipped, by reason, and ends with one line of counts.
 * `--quick` leaves out the files whose first line is `// Slow: REASON`, and says so. All other arguments are ava's: with any but the names of test
 * files, ava translates the tests itself.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { bundleTests } from "./bundled.js";
import { addLine, closingLine, newTally, skippedByReason } from "./tally.js";

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

/** Test files, and why they are slow. */
function testFiles(): { file: string; slow?: string }[] {
  const names = readdirSync(path.join(loamRoot, "test"), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => name.endsWith(".test.ts"))
    .sort()
    .map((name) => {
      const file = path.posix.join("test", ...name.split(path.sep));
      const slow = /^\/\/ Slow: (.+)/.exec(readFileSync(path.join(loamRoot, file), "utf8"))?.[1];
      return slow === undefined ? { file } : { file, slow };
    });
}

const isQuick = process.argv.includes("--quick");
const args = process.argv.slice(2).filter((arg) => arg !== "--quick");
const all = testFiles();
const leftOut = isQuick ? all.filter(({ slow }) => slow !== undefined) : [];
const isSlow = ({ slow }: { slow?: string }): number => Number(slow !== undefined);
/** The slow ones first: none of them is left alone at the end. */
const chosen = all
  .filter((one) => !leftOut.includes(one))
  .sort((one, other) => isSlow(other) - isSlow(one))
  .map(({ file }) => file);

/** A user's cache whose programs are this checkout's: what nodes in other folders need is compiled once, and nothing is written to the real one. */
function sharedCache(): string {
  const cache = path.join(buildRoot, "test-cache");
  const programs = path.join(cache, "loam");
  mkdirSync(cache, { recursive: true });
  rmSync(programs, { force: true });
  symlinkSync(buildRoot, programs);
  return cache;
}

const named = args.map((arg) => path.posix.normalize(arg));
const files = args.length === 0 ? chosen : named;
// What other arguments mean only ava knows.
const bundled = files.every((file) => chosen.includes(file)) ? await bundleTests(files) : undefined;

const ava = execa("ava", bundled?.args ?? [...args, ...(isQuick ? chosen : [])], {
  cwd: loamRoot,
  preferLocal: true,
  reject: false,
  buffer: false,
  stdin: "ignore",
  stderr: "inherit",
  env: { XDG_CACHE_HOME: sharedCache(), ...(process.stdout.isTTY && { FORCE_COLOR: "1" }) },
});
const tally = newTally();
for await (const line of createInterface({ input: ava.stdout })) {
  print(line);
  addLine(tally, stripVTControlCharacters(line));
}
const { exitCode = 1 } = await ava;
bundled?.remove();

if (leftOut.length > 0) {
  print(`${leftOut.length} test files left out of the quick run; npm test runs them:`);
  for (const { file, slow } of leftOut) print(`  ${file}: ${slow}`);
}
for (const line of skippedByReason(tally)) print(line);
print(`\n${closingLine(tally, exitCode)}`);
process.exitCode = exitCode;
