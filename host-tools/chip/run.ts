import { constants, openSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { UserError } from "../lib/errors.js";
import { exitCodes, type RunOptions, type RunResult } from "../xs/index.js";
import { addresses, missingEmulator, startEmulator } from "./emulator.js";
import { packFiles, type ChipFile } from "./files.js";
import type { ChipProgram } from "./image.js";
import { readReport, type ChipReport } from "./report.js";

export interface ChipResult extends RunResult {
  report: ChipReport;
}

/** What a run on the chip takes of the options of the host program. */
export type ChipOptions = Pick<
  RunOptions,
  "resources" | "air" | "onLine" | "startTime" | "seed" | "finish" | "signal" | "timeoutMs"
>;

const defaultStart = Date.UTC(2026, 0, 1);

/**
 * Runs a program on the emulated chip to its end, as runHost does on this machine.
 * @throws MissingTool without the emulator, UserError when it does not end in time
 */
export async function runChip(chip: ChipProgram, options: ChipOptions = {}): Promise<ChipResult> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-chip-"));
  try {
    return await runIn(folder, chip, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A named pipe that neither waits for its other end nor ends with it. */
const openPipe = (file: string, direction: "readable" | "writable"): Socket =>
  new Socket({
    fd: openSync(file, constants.O_RDWR | constants.O_NONBLOCK),
    readable: direction === "readable",
    writable: direction === "writable",
  }).on("error", () => {});

async function filesOf(
  chip: ChipProgram,
  options: ChipOptions,
  variables: Record<string, string>,
): Promise<Uint8Array> {
  const resources = { ...chip.resources, ...options.resources };
  const files: ChipFile[] = [
    { kind: "setting", name: "epoch", data: String(options.startTime ?? defaultStart) },
    ...(options.seed === undefined ? [] : [{ kind: "setting", name: "seed", data: String(options.seed) } as const]),
    ...Object.entries(variables).map(([name, value]): ChipFile => ({
      kind: "variable",
      name,
      data: `${name}=${value}`,
    })),
    ...(await Promise.all(
      Object.entries(resources).map(async ([name, file]): Promise<ChipFile> => ({
        kind: "resource",
        name,
        data: await readFile(file),
      })),
    )),
  ];
  return packFiles(files);
}

async function runIn(folder: string, chip: ChipProgram, options: ChipOptions): Promise<ChipResult> {
  const file = (name: string): string => path.join(folder, name);
  const [report, toAir, fromAir] = [file("report"), file("to-air"), file("from-air")];
  if (options.air) await execa("mkfifo", [toAir, fromAir]);
  const variables = { LOAM_REPORT: report, ...(options.air && { LOAM_AIR_TO: toAir, LOAM_AIR_FROM: fromAir }) };
  await writeFile(file("files"), await filesOf(chip, options, variables));
  const child = startEmulator(chip.program, [
    { address: addresses.image, file: chip.image },
    { address: addresses.files, file: file("files") },
  ]);
  const result: RunResult = { exitCode: 0, stdout: "", stderr: "", lines: [] };
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", () => reject(missingEmulator()));
    child.on("close", (code, signal) => {
      result.exitCode = code ?? 128;
      if (signal) result.signal = signal;
      resolve();
    });
  });
  // While the chip waits for the air, the emulator hears no gentler signal.
  const stop = (): boolean => child.kill("SIGKILL");
  options.finish?.addEventListener("abort", stop, { once: true });
  options.signal?.addEventListener("abort", stop, { once: true });
  let isLate = false as boolean;
  const timer = options.timeoutMs ? setTimeout(() => ((isLate = true), stop()), options.timeoutMs) : undefined;
  const streams = options.air ? ([openPipe(toAir, "readable"), openPipe(fromAir, "writable")] as const) : undefined;
  if (streams) options.air?.attach(...streams);
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (result.stderr += text));
  const lines = (async () => {
    for await (const line of createInterface({ input: child.stdout!, crlfDelay: Infinity })) {
      result.lines.push(line);
      options.onLine?.(line);
    }
  })();
  try {
    await Promise.all([ended, lines]);
  } finally {
    clearTimeout(timer);
    streams?.forEach((stream) => stream.destroy());
  }
  if (isLate)
    throw new UserError(`the emulated chip has not ended after ${options.timeoutMs} ms; its output:\n${result.stderr}`);
  if (options.finish?.aborted && result.signal) result.exitCode = exitCodes.requested;
  result.stdout = result.lines.map((line) => `${line}\n`).join("");
  return { ...result, report: readReport(await readFile(report, "utf8").catch(() => "")) };
}
