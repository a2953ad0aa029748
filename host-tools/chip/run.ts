import { constants, openSync } from "node:fs";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { UserError } from "../lib/errors.js";
import { defaultStart, exitCodes, simulationVariables, type RunOptions, type RunResult } from "../xs/index.js";
import { addresses, missingEmulator, startEmulator } from "./emulator.js";
import { packFiles, type ChipFile } from "./files.js";
import type { ChipProgram } from "./image.js";
import { readReport, type ChipReport } from "./report.js";

export interface ChipResult extends RunResult {
  report: ChipReport;
}

/** Those of the host program, but for the debugger. */
export interface ChipOptions extends Omit<RunOptions, "debug"> {
  /** Bytes of RAM, when they are to be fewer than the chip's 400 KB. */
  ram?: number;
}

/** Exit code of a program whose air is gone. */
const airIsGone = 74;
/** Real ms in which the emulator ends when its air is gone; it may compute for long, or for ever. */
const endTime = 5000;

/**
 * Runs a program on the emulated chip to its end, as runHost does on this machine.
 * @throws MissingTool without the emulator, UserError when it does not end in time
 */
export async function runChip(chip: ChipProgram, options: ChipOptions = {}): Promise<ChipResult> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-chip-"));
  try {
    if (options.flash) await prepareFlash(options.flash, chip.partitions);
    return await runIn(folder, chip, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The file of the flash, erased where it is new. */
async function prepareFlash(name: string, partitions: string): Promise<void> {
  const size = partitions.split(",").reduce((sum, partition) => sum + Number(partition.split("=")[1]), 0);
  const file = await open(name, constants.O_RDWR | constants.O_CREAT);
  try {
    const { size: old } = await file.stat();
    if (old < size) await file.write(Buffer.alloc(size - old, 0xff), 0, size - old, old);
  } finally {
    await file.close();
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
  const settings = {
    epoch: options.startTime ?? defaultStart,
    seed: options.seed,
    ticks: options.startTicks,
    ram: options.ram,
  };
  const files: ChipFile[] = [
    ...Object.entries(settings).flatMap(([name, value]): ChipFile[] =>
      value === undefined ? [] : [{ kind: "setting", name, data: String(value) }],
    ),
    ...Object.entries(variables).map(([name, value]): ChipFile => ({
      kind: "variable",
      name,
      data: `${name}=${value}`,
    })),
    ...(options.args ?? []).map((data, i): ChipFile => ({ kind: "argument", name: String(i), data })),
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
  const variables = {
    ...simulationVariables(chip.partitions, {
      ...options,
      ...(options.flash && { flash: path.resolve(options.flash) }),
    }),
    ...options.env,
    LOAM_REPORT: report,
    ...(options.air && { LOAM_AIR_TO: toAir, LOAM_AIR_FROM: fromAir }),
  };
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
  const stop = (): boolean => child.kill("SIGKILL");
  options.signal?.addEventListener("abort", stop, { once: true });
  let stopTimer: NodeJS.Timeout | undefined;
  // While the chip waits for the air, the emulator hears no signal. Without the air the program ends when it uses it.
  const finish = (): void => {
    streams?.forEach((stream) => stream.destroy());
    if (streams) stopTimer = setTimeout(stop, endTime);
    else stop();
  };
  options.finish?.addEventListener("abort", finish, { once: true });
  let isLate = false as boolean;
  const timer = options.timeoutMs ? setTimeout(() => ((isLate = true), stop()), options.timeoutMs) : undefined;
  const streams = options.air ? ([openPipe(toAir, "readable"), openPipe(fromAir, "writable")] as const) : undefined;
  if (streams) options.air?.attach(...streams);
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    result.stderr += text;
    options.stderr?.write(text);
  });
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
    clearTimeout(stopTimer);
    streams?.forEach((stream) => stream.destroy());
  }
  if (isLate)
    throw new UserError(`the emulated chip has not ended after ${options.timeoutMs} ms; its output:\n${result.stderr}`);
  if (options.finish?.aborted && (result.signal || result.exitCode === airIsGone))
    result.exitCode = exitCodes.requested;
  result.stdout = result.lines.map((line) => `${line}\n`).join("");
  const { board, ...figures } = readReport(await readFile(report, "utf8").catch(() => ""));
  return { ...result, ...board, report: figures };
}
