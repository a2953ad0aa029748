import test from "ava";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildHost, exitCodes, runHost } from "../../host-tools/xs/index.js";

const programs = path.join(path.dirname(fileURLToPath(import.meta.url)), "programs");
const program = buildHost({ manifest: path.join(programs, "faults/manifest.json") });

const thrower = "test/xs/programs/faults/thrower.ts:7";

const cases: { fault: string; exitCode: number; stdout?: string; stderr: (string | RegExp)[] }[] = [
  {
    fault: "exception",
    exitCode: exitCodes.exception,
    stderr: [
      "unhandled exception: RangeError: ",
      "reading 7 is out of range",
      thrower,
      "test/xs/programs/faults/main.ts:7",
    ],
  },
  {
    fault: "timer",
    exitCode: exitCodes.exception,
    stderr: ["unhandled exception: RangeError: ", "reading 8", thrower, "test/xs/programs/faults/main.ts:10"],
  },
  {
    fault: "rejection",
    exitCode: exitCodes.exception,
    stderr: ["unhandled rejection: RangeError: ", "reading 9", thrower, "test/xs/programs/faults/main.ts:15"],
  },
  { fault: "handled", exitCode: 0, stdout: "caught\n", stderr: [] },
  {
    fault: "slots",
    exitCode: exitCodes.resources,
    stderr: ["memory full", "32768 bytes", "test/xs/programs/faults/main.ts:24"],
  },
  {
    fault: "chunks",
    exitCode: exitCodes.resources,
    stderr: ["memory full", "32768 bytes", "test/xs/programs/faults/main.ts:28"],
  },
  { fault: "garbage", exitCode: 0, stdout: "collected\n", stderr: [] },
  {
    fault: "stack",
    exitCode: exitCodes.resources,
    stderr: ["stack overflow", "128 slots", "test/xs/programs/faults/main.ts:35"],
  },
  { fault: "keys", exitCode: exitCodes.resources, stderr: ["not enough keys", "test/xs/programs/faults/main.ts:40"] },
];

for (const { fault, exitCode, stdout = "", stderr } of cases) {
  test(`${fault}: exit code ${exitCode} and a message that says what happened`, async (t) => {
    const result = await runHost(await program, { args: [fault], timeoutMs: 30_000 });
    t.is(result.exitCode, exitCode, result.stderr);
    t.is(result.stdout, stdout);
    if (stderr.length === 0) t.is(result.stderr, "");
    for (const text of stderr)
      t.true(result.stderr.includes(text as string), `"${text}" is missing in:\n${result.stderr}`);
    t.truthy(result.heap);
  });
}
