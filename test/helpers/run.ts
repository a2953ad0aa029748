/**
 * `npm test` and `npm run test:quick`: runs ava, then says what was skipped, by reason, and ends with one line of counts.
 * `--quick` leaves out the files whose first line is `// Slow: REASON`, and says so. All other arguments are ava's.
 */
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { loamRoot } from "../../host-tools/lib/paths.js";
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
const leftOut = isQuick ? testFiles().filter(({ slow }) => slow !== undefined) : [];
if (isQuick) args.push(...testFiles().flatMap(({ file, slow }) => (slow === undefined ? [file] : [])));

const ava = execa("ava", args, {
  cwd: loamRoot,
  preferLocal: true,
  reject: false,
  buffer: false,
  stdin: "ignore",
  stderr: "inherit",
  env: process.stdout.isTTY ? { FORCE_COLOR: "1" } : {},
});
const tally = newTally();
for await (const line of createInterface({ input: ava.stdout })) {
  print(line);
  addLine(tally, stripVTControlCharacters(line));
}
const { exitCode = 1 } = await ava;

if (leftOut.length > 0) {
  print(`${leftOut.length} test files left out of the quick run; npm test runs them:`);
  for (const { file, slow } of leftOut) print(`  ${file}: ${slow}`);
}
for (const line of skippedByReason(tally)) print(line);
print(`\n${closingLine(tally, exitCode)}`);
process.exitCode = exitCode;
