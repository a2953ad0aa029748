import test from "ava";
import { buildHost, runHost } from "../../host-tools/xs/index.js";

interface Line {
  what: string;
  name?: string;
  message?: string;
  fault?: string;
  [key: string]: unknown;
}

test("errors under XS say what, where and how much, and hold no key", async (t) => {
  const program = await buildHost({ manifest: "test/radio/programs/manifest_errors.json", sanitize: true });
  const { stdout, stderr, exitCode } = await runHost(program, {
    timeoutMs: 60000,
    env: { ASAN_OPTIONS: "detect_leaks=0" },
  });
  t.is(exitCode, 0, stderr);
  const lines = new Map(
    stdout
      .trim()
      .split("\n")
      .map((line) => [(JSON.parse(line) as Line).what, JSON.parse(line) as Line]),
  );
  const expected: Record<string, RegExp> = {
    chip: /chip "sx1280": one of sx1261/,
    tcxo: /tcxoVoltage \(tenths\) 50: 16 to 33 expected/,
    "tcxo between": /tcxoVoltage \(tenths\) 20: DIO3 gives 16, 17, 18/,
    frequency: /frequency 1000000: 150000000 to 960000000 expected/,
    power: /power 30: -9 to 22 expected/,
    "power wide": /power 4294967310: a whole number of 32 bits expected/,
    "preamble none": /preamble NaN: a whole number/,
    "timeout wide": /timeoutMicroseconds 4294968000: a whole number/,
    "at none": /time to listen at/,
    "pin none": /select NaN: a whole number/,
    payload: /payload bytes 256: 1 to 255 expected/,
    "no timeout": /timeoutSymbols or timeoutMs/,
    "short key": /key of 4 bytes: 16 expected/,
    "block beyond": /no block of 16 bytes at 5 of 20 bytes/,
    "long cmac": /CMAC of 5 bytes: there are 4/,
  };
  for (const [what, pattern] of Object.entries(expected)) t.regex(lines.get(what)?.message ?? "", pattern, what);
  for (const what of Object.keys(expected)) t.is(lines.get(what)?.name, "RangeError", what);
  t.is(lines.get("tcxo of another")?.["error"], null);
  for (const [what, fault] of [
    ["cancelled", "cancelled"],
    ["inUse", "inUse"],
    ["closed", "closed"],
    ["closed before", "closed"],
  ] as const)
    t.is(lines.get(what)?.fault, fault, what);
  t.true(lines.get("listen")?.["ended"]);
  t.notRegex(stdout + stderr, /dead|222, ?173|deadbeef/i);
  // RFC 4493, 4, of no bytes.
  t.deepEqual(
    lines.get("cmac")?.["bytes"],
    [0xbb, 0x1d, 0x69, 0x29, 0xe9, 0x59, 0x37, 0x28, 0x7f, 0xa3, 0x7d, 0x12, 0x9b, 0x75, 0x67, 0x46],
  );
  t.is(lines.get("airtime")?.["time"], 534528);
});
