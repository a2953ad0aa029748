import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { functionNames } from "../chip/build.js";
import { buildChip, type ChipProgram } from "../chip/image.js";
import type { ChipCosts } from "../chip/report.js";
import { runChip, type ChipResult } from "../chip/run.js";
import { UserError } from "../lib/errors.js";
import { run as execute } from "../lib/exec.js";
import { writeFileAtomic } from "../lib/files.js";
import { loamRoot } from "../lib/paths.js";
import { codeTime } from "../simulate/cycle.js";
import { simulate, type SimulateOptions } from "../simulate/simulate.js";
import { buildHost, runHost, type RunResult } from "../xs/index.js";
import { simulatedDay } from "./node.js";

/** What script takes on the chip, in its cycles: the host program's clock goes by it. */
interface ScriptCosts {
  /** A step of a built-in function without a cost of its own: as a byte code, in the mean. */
  perStep: number;
  /** Each byte code of XS, by its number; 0: none has run. */
  perByteCode: number[];
  perTurn: number;
  perStart: number;
  /** A call of a built-in function or native, by the name of its C function. */
  perCall: Map<string, CallCost>;
}

interface CallCost {
  cycles: number;
  /** Of each byte of the text that it is given, or that it makes: then that is all. */
  perGiven: number;
  perMade: number;
}

/** Seconds for which code runs from one sleep to the next, on the same recording. */
interface Calibrated {
  chip: number;
  /** In the host program, with the costs that it had, and with the new ones. */
  before: number;
  host: number;
}

/** Of the emulated chip: chip.md. */
const cyclesPerInstruction = 1.06;

type Given = Parameters<NonNullable<SimulateOptions["run"]>>[0];

async function run<Result extends RunResult>(
  options: SimulateOptions,
  windows: number,
  program: (given: Given) => Promise<Result>,
): Promise<Result> {
  const enough = new AbortController();
  let done = 0;
  let result: Result | undefined;
  await simulate({
    ...options,
    signal: enough.signal,
    onEvent: ({ event }) => void (event === "window" && ++done === windows && enough.abort()),
    run: async (given) => (result = await program(given)),
  });
  if (!result?.power?.cycles)
    throw new UserError(`${options.recording}: the node does not sleep in ${windows} windows`);
  return result;
}

/** What takes as long as a text is: the others take about the same each time. */
const byText: Record<string, "given" | "made"> = {
  fx_JSON_parse: "given",
  fx_JSON_stringify: "made",
  fx_ModuleSource: "given",
};

async function callsOf(program: ChipProgram, costs: ChipCosts): Promise<Map<string, CallCost>> {
  const names = await functionNames(program.program);
  return new Map(
    Object.entries(costs.calls).flatMap(([address, [calls, instructions, given, made]]): [string, CallCost][] => {
      const name = names.get(Number.parseInt(address, 16));
      if (name === undefined || calls === 0) return [];
      const cycles = instructions * cyclesPerInstruction;
      const text = byText[name];
      if (text === "given") return given ? [[name, { cycles: 0, perGiven: cycles / given, perMade: 0 }]] : [];
      if (text === "made") return made ? [[name, { cycles: 0, perGiven: 0, perMade: cycles / made }]] : [];
      return [[name, { cycles: cycles / calls, perGiven: 0, perMade: 0 }]];
    }),
  );
}

/** Natives that run in no window, or seldom: each is called by a program of its own. */
async function otherCalls(): Promise<Map<string, CallCost>> {
  const program = await buildChip({
    manifest: path.join(loamRoot, "manifest.json"),
    main: path.join(loamRoot, "test/chip/scripttime.xs.ts"),
  });
  const { report, stderr } = await runChip(program);
  if (!report.costs) throw new UserError(`the emulated chip has not measured the calls of natives:\n${stderr}`);
  return await callsOf(program, report.costs);
}

/**
 * The byte codes of a run that counts them, in cycles of one that does not.
 * @param code instructions of all byte codes in the same run when they are not counted
 */
function byteCodeCosts(byteCodes: ChipCosts["byteCodes"], code: number): { perByteCode: number[]; perStep: number } {
  const count = byteCodes.reduce((sum, [times]) => sum + times, 0);
  const instructions = byteCodes.reduce((sum, [, all]) => sum + all, 0);
  const counting = (instructions - code) / count;
  return {
    perByteCode: byteCodes.map(([times, all]) =>
      times ? Math.max(1, (all / times - counting) * cyclesPerInstruction) : 0,
    ),
    perStep: (code / count) * cyclesPerInstruction,
  };
}

async function costsOf(
  options: SimulateOptions,
  windows: number,
  program: ChipProgram,
): Promise<[ChipResult, ChipCosts]> {
  const result = await run(options, windows, (given) => runChip(program, given));
  if (!result.report.costs) throw new UserError(`the emulated chip has measured nothing:\n${result.stderr}`);
  return [result, result.report.costs];
}

const whole = (value: number): string => String(Math.round(value));

const rows = (values: number[]): number[][] =>
  Array.from({ length: Math.ceil(values.length / 16) }, (_, row) => values.slice(16 * row, 16 * row + 16));

/** host-tools/xs/platform/scriptCosts.h */
function costsHeader({ perStep, perByteCode, perTurn, perStart, perCall }: ScriptCosts): string {
  const calls = [...perCall].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    "/*",
    " * Written by `npm run calibrate`; do not edit by hand. Cycles of the emulated chip (ESP32-C3): means of the example node's windows, of natives that run in",
    " * none of them those of test/chip/scripttime.xs.ts. test/chip/scripttime.test.ts measures them again.",
    " */",
    "#ifndef LOAM_SCRIPT_COSTS_H",
    "#define LOAM_SCRIPT_COSTS_H",
    "",
    "#include <stdint.h>",
    "",
    "enum {",
    `\tcyclesPerStep = ${whole(perStep)}, /* of a built-in function that is not below; the mean of byte codes */`,
    `\tcyclesPerTurn = ${whole(perTurn)}, /* of the event loop, without what it calls; and of the radio's driver, for each turn */`,
    `\tcyclesPerStart = ${whole(perStart)}, /* of a program, without its script */`,
    "};",
    "",
    "/* By XS's number; 0: none has run. */",
    "static const uint16_t byteCodeCosts[] = {",
    ...rows(perByteCode).map((row) => `\t${row.map((cycles) => `${whole(cycles)},`).join(" ")}`),
    "};",
    "",
    "/* Built-in functions and natives, without script that they call. */",
    "static const struct {",
    "\tconst char *name;",
    "\tuint32_t cycles, perGiven, perMade; /* the latter for each byte of the text that it is given first, or makes */",
    "} callCosts[] = {",
    ...calls.map(
      ([name, { cycles, perGiven, perMade }]) =>
        `\t{ "${name}", ${whole(cycles)}, ${whole(perGiven)}, ${whole(perMade)} },`,
    ),
    "};",
    "",
    "#endif",
    "",
  ].join("\n");
}

const costsFile = path.join(loamRoot, "host-tools/xs/platform/scriptCosts.h");

const cyclesPerSecond = 160e6;
/** The rest is nearer each time. */
const steps = 4;

/**
 * Runs windows of a simulated day on the emulated chip, and writes what script takes there. Then all byte codes take a little more, so that the host program takes the
 * chip's time in all: it has calls where the chip has tail calls, and no time for garbage collections.
 * @throws MissingTool without cross compiler or emulator
 */
export async function calibrate(config: NodeConfig, windows: number): Promise<Calibrated> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-script-"));
  try {
    const day = { recording: await simulatedDay(path.join(folder, "recordings"), config), config };
    const hostTime = async (): Promise<number> => {
      const program = await buildHost();
      return codeTime((await run(day, windows, (given) => runHost(program, given))).power!.cycles!);
    };
    const write = async (costs: ScriptCosts): Promise<void> => {
      await writeFileAtomic(costsFile, costsHeader(costs));
      await execute("npx", ["clang-format", "-i", costsFile]);
    };
    const before = await hostTime();
    const program = await buildChip();
    const [result, costs] = await costsOf(day, windows, program);
    const [, { byteCodes }] = await costsOf(day, windows, await buildChip({ byteCodes: true }));
    const measured: ScriptCosts = {
      ...byteCodeCosts(byteCodes, costs.code),
      perTurn: (costs.outside / (costs.turns - costs.starts)) * cyclesPerInstruction,
      perStart: (costs.start / costs.starts) * cyclesPerInstruction,
      perCall: new Map([...(await otherCalls()), ...(await callsOf(program, costs))]),
    };
    await write(measured);
    const chip = codeTime(result.power!.cycles!);
    const codeSeconds = ((costs.code / costs.starts) * cyclesPerInstruction) / cyclesPerSecond;
    let host = await hostTime();
    for (
      let step = 0, more = 1;
      step < steps && Math.abs(host - chip) > 0.002 * chip;
      step++, host = await hostTime()
    ) {
      more *= 1 + (chip - host) / codeSeconds;
      await write({ ...measured, perByteCode: measured.perByteCode.map((cycles) => cycles * more) });
    }
    return { chip, before, host };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
