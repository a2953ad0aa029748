import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Duplex, Readable, Writable } from "node:stream";
import { UserError } from "../lib/errors.js";
import type { HostProgram } from "./builder/program.js";

/** The other side of a node's radio: gets the streams that the simulated chip writes to and reads from. */
export interface AirPeer {
  attach(output: Readable, input: Writable): void;
}

/** What is at the other end of a node's UART: gets the stream of serialStream.h, from before the program begins until it has ended. */
export interface SerialPeer {
  attach(stream: Duplex): void;
}

export interface RunOptions {
  /** Read by the program through the module "host". */
  args?: string[];
  env?: Record<string, string>;
  /** Resource name to file; these come before the manifest's own data. */
  resources?: Record<string, string>;
  /** The file behind the simulated flash. Without one, flash starts erased and is not stored. */
  flash?: string;
  /** n.f: the power fails during the n-th write or erase of flash in the run (n from 1), when the fraction f of its bytes is written. */
  powerCut?: number;
  /** The power is back after 10 s, and the program begins anew; by default a power cut ends the run. */
  powerReturns?: boolean;
  /** Accesses to flash fail between these two times, seconds after the run's start. */
  flashFails?: readonly [from: number, to: number];
  /** Writes and erases of flash take so many times their typical time; default 1. */
  flashSlowness?: number;
  air?: AirPeer;
  serial?: SerialPeer;
  /** Called with each line of `trace` output. */
  onLine?(line: string): void;
  /** Real milliseconds after which the program is killed; default: none. */
  timeoutMs?: number;
  /** Date at the start, milliseconds since 1970. Default: 2026-01-01T00:00:00Z. */
  startTime?: number;
  /** How much faster the simulated RTC is than it should be, ppm: it counts the time of a deep sleep. Default 0. */
  rtcPpm?: number;
  /** Time.ticks at the start, from 0 below 2^32; default: 20 s before it gets negative, as on a chip that has run for 24.9 days. */
  startTicks?: number;
  /** false: nothing starts the program again, neither a deep sleep nor the watchdog. Default: true, for a program that can sleep deeply. */
  restarts?: boolean;
  /** An exception that nothing catches, or a full memory, begins the program anew, as on the chip; by default it ends the run. */
  restartOnCrash?: boolean;
  /** Resets and power cuts at random phases (sim/resets.h): each program of the run ends early with that probability. */
  resets?: { seed: number; probability: number; windowSeconds: number };
  /** Resets at these moments, seconds from the run's start, ascending. RTC memory is kept, damaged, or has a flipped bit in its newest record; "power": the power is off for some minutes. */
  resetsAt?: readonly { at: number; kind: "kept" | "damaged" | "power" | "flipped" }[];
  /** Seed of Math.random. */
  seed?: number;
  /** Ends the program between two turns of its event loop when aborted, with its heap figures; the exit code is exitCodes.requested. */
  finish?: AbortSignal;
  /** Kills the program when aborted. */
  signal?: AbortSignal;
  /** Connects to xsbug at host:port before anything runs, and waits for it; true: $XSBUG_HOST, else localhost:5002. Breakpoints are at lines of the .ts files. */
  debug?: boolean | string;
  /** A second destination of stderr, e.g. process.stderr. */
  stderr?: Writable;
}

/** XS heap without what is in flash on the chip. Slots are 16 bytes on the chip (32 here), a chunk's header 8 (16 here). */
export interface HeapUse {
  slots: number;
  peakSlots: number;
  /** Bytes of chunks, as the chip would count them. */
  chunkBytes: number;
  peakChunkBytes: number;
  /** Slots, chunks and stack in the chip's bytes: limited by the manifest's creation.static. The peak is measured when the heap grows. */
  bytes: number;
  peakBytes: number;
  /** creation.static; 0 when the manifest sets no limit. */
  limit: number;
  /** Peak use of the stack in slots, from the main module's start on; creation.stack must exceed it. */
  peakStackSlots: number;
  /** creation.stack. */
  stackSlots: number;
}

/**
 * How long each state of the board lasted, seconds. Processor: deep sleep; light sleep (the program has nothing to do); active, awake: it starts, computes, or must not
 * sleep. Radio: transmit and receive.
 */
export interface PowerTimes {
  deepSleep: number;
  lightSleep: number;
  active: number;
  transmit: number;
  receive: number;
  /** Deep sleeps, and what began the program anew otherwise. */
  sleeps: number;
  resets: number;
  powerCuts: number;
  /** Of each pin that was driven. */
  pins: Record<string, PinTimes>;
  /** The same from the beginning of the first deep sleep to that of the last one: without the start of the run, and its end. */
  cycles?: Omit<PowerTimes, "cycles">;
}

/** Seconds for which a pin was driven low and high; and whether it floated in a sleep after it was driven. */
export interface PinTimes {
  low: number;
  high: number;
  hasFloated: boolean;
}

export interface RunResult {
  exitCode: number;
  /** Set when a signal ended the program. */
  signal?: NodeJS.Signals;
  stdout: string;
  stderr: string;
  lines: string[];
  /** Missing when the program was killed. */
  heap?: HeapUse;
  power?: PowerTimes;
  /** Of `resets` and `resetsAt`: how many there were, by phase and kind. */
  injected?: Record<string, number>;
  /** Writes and erases of flash: `powerCut` goes from 1 to this. */
  flashAccesses?: number;
}

/** What the simulated board says at a run's end. */
export type BoardReport = Required<Pick<RunResult, "power" | "injected" | "flashAccesses">>;

/** Exit codes of a host program that are not 0. */
export const exitCodes = { exception: 1, usage: 64, resources: 70, powerCut: 75, requested: 143 } as const;

export const defaultStart = Date.UTC(2026, 0, 1);

function commandLine(program: HostProgram, options: RunOptions): string[] {
  const args = [program.modules, "--epoch", String(options.startTime ?? defaultStart)];
  if (options.startTicks !== undefined) args.push("--ticks", String(options.startTicks));
  for (const [name, file] of Object.entries(options.resources ?? {})) args.push("--resource", name, file);
  if (options.seed !== undefined) args.push("--seed", String(options.seed));
  return [...args, "--", ...(options.args ?? [])];
}

/** What the simulated parts read from the environment, on this machine and on the emulated chip. */
export function simulationVariables(partitions: string, options: RunOptions): Record<string, string> {
  const {
    flash,
    resets,
    resetsAt,
    rtcPpm,
    restarts,
    restartOnCrash,
    flashFails,
    flashSlowness,
    powerCut,
    powerReturns,
  } = options;
  return {
    LOAM_FLASH_PARTITIONS: partitions,
    ...(flash && { LOAM_FLASH: flash }),
    ...(resets && { LOAM_RESETS: `${resets.seed},${resets.probability},${resets.windowSeconds}` }),
    ...(resetsAt && { LOAM_RESETS_AT: resetsAt.map(({ at, kind }) => `${at} ${kind}`).join(",") }),
    ...(rtcPpm && { LOAM_RTC_PPM: String(rtcPpm) }),
    ...(restarts === false && { LOAM_RESTARTS: "never" }),
    ...(restartOnCrash && { LOAM_CRASH: "restart" }),
    ...(flashSlowness !== undefined && { LOAM_FLASH_SLOWNESS: String(flashSlowness) }),
    ...(flashFails && { LOAM_FLASH_FAILS: flashFails.join("-") }),
    ...(powerCut && { LOAM_POWER_CUT: String(powerCut) }),
    ...(powerReturns && { LOAM_POWER_RETURNS: "1" }),
  };
}

/** The caller's environment, without variables that would affect the run. */
function environment(program: HostProgram, options: RunOptions): NodeJS.ProcessEnv {
  const result: NodeJS.ProcessEnv = { ...process.env };
  for (const name of [
    "XSBUG_HOST",
    "LOAM_FLASH",
    "LOAM_POWER_CUT",
    "LOAM_POWER_RETURNS",
    "LOAM_AIR",
    "LOAM_SERIAL",
    "LOAM_RTC_PPM",
    "LOAM_CRASH",
    "LOAM_RESTARTS",
    "LOAM_FLASH_FAILS",
    "LOAM_FLASH_SLOWNESS",
    "LOAM_RESETS",
    "LOAM_RESETS_AT",
  ])
    delete result[name];
  // Descriptors 3 and 4 are passed explicitly: in the SDK's simulator they are something else.
  if (options.air) result["LOAM_AIR"] = "1";
  if (options.serial) result["LOAM_SERIAL"] = "6";
  if (options.debug)
    result["XSBUG_HOST"] = options.debug === true ? (process.env["XSBUG_HOST"] ?? "localhost:5002") : options.debug;
  return { ...result, ...simulationVariables(program.partitions, options), ...options.env };
}

const collect = async (stream: Readable, onText: (text: string) => void): Promise<void> => {
  stream.setEncoding("utf8");
  for await (const text of stream) onText(text as string);
};

/**
 * Runs a host program to its end. Exit codes are in `exitCodes`; errors are on stderr.
 * @throws UserError when it cannot be started, or has not ended after `timeoutMs`
 */
export async function runHost(program: HostProgram, options: RunOptions = {}): Promise<RunResult> {
  const child = spawn(program.executable, commandLine(program, options), {
    stdio: [
      "ignore",
      "pipe",
      "pipe",
      options.air ? "pipe" : "ignore",
      options.air ? "pipe" : "ignore",
      "pipe",
      options.serial ? "pipe" : "ignore",
    ],
    env: environment(program, options),
    signal: options.signal,
    killSignal: "SIGKILL",
  });
  const result: RunResult = { exitCode: 0, stdout: "", stderr: "", lines: [] };
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", (error) =>
      error.name === "AbortError"
        ? undefined
        : reject(new UserError(`${program.executable} cannot be run: ${error.message}`)),
    );
    child.on("close", (code, signal) => {
      result.exitCode = code ?? 128;
      if (signal) result.signal = signal;
      resolve();
    });
  });
  options.finish?.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  options.air?.attach(child.stdio[3] as Readable, child.stdio[4] as Writable);
  options.serial?.attach((child.stdio as unknown as Duplex[])[6]!);
  let isLate = false as boolean;
  const timer = options.timeoutMs
    ? setTimeout(() => ((isLate = true), child.kill("SIGKILL")), options.timeoutMs)
    : undefined;
  let heap = "";
  const lines = (async () => {
    for await (const line of createInterface({ input: child.stdout!, crlfDelay: Infinity })) {
      result.lines.push(line);
      options.onLine?.(line);
    }
  })();
  const streams = [
    lines,
    collect(child.stderr!, (text) => {
      result.stderr += text;
      options.stderr?.write(text);
    }),
    collect((child.stdio as unknown as Readable[])[5]!, (text) => (heap += text)),
  ];
  await Promise.all([ended, ...streams]);
  clearTimeout(timer);
  if (isLate)
    throw new UserError(
      `the program has not ended after ${options.timeoutMs} ms of real time; it was stopped. Its output:\n${result.stderr}`,
    );
  result.stdout = result.lines.map((line) => `${line}\n`).join("");
  if (heap) {
    const { power, injected, flashAccesses, ...use } = JSON.parse(heap) as HeapUse & BoardReport;
    Object.assign(result, { heap: use, power, injected, flashAccesses });
  }
  return result;
}
