import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import { MissingTool, UserError } from "../lib/errors.js";
import { cacheRoot, loamRoot } from "../lib/paths.js";

/** What a packet's airtime depends on, besides its length. */
export interface FrameShape {
  sf: number;
  /** Hz */
  bandwidth: number;
  /** 5..8 for 4/5..4/8. Default 5. */
  codingRate?: number;
  /** symbols. Default 8. */
  preamble?: number;
  /** Default true. */
  crc?: boolean;
  /** Default true. */
  header?: boolean;
}

const lora = path.join(loamRoot, "native/lora");
const main = path.join(loamRoot, "host-tools/air/airtimeMain.c");
const tables = new Map<string, number[]>();
let program: string | undefined;

/** The driver's own formula (native/lora/airtime.c) as a program, compiled at first use. */
function build(): string {
  const sources = [main, path.join(lora, "airtime.c"), path.join(lora, "airtime.h")];
  const hash = createHash("sha256");
  for (const file of sources) hash.update(readFileSync(file));
  const executable = path.join(cacheRoot, "radio", `airtime-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(executable)) return executable;
  mkdirSync(path.dirname(executable), { recursive: true });
  const temporary = `${executable}.${process.pid}`;
  try {
    execFileSync("cc", ["-std=c99", "-O2", `-I${lora}`, "-o", temporary, main, path.join(lora, "airtime.c")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new MissingTool("a C compiler (cc)", "apt-get install gcc libc6-dev");
    throw new UserError(`cc failed:\n${String((error as { stderr?: Buffer }).stderr ?? error)}`);
  }
  renameSync(temporary, executable);
  return executable;
}

/** Airtime of 0 to 255 bytes, microseconds. */
function table({ sf, bandwidth, codingRate = 5, preamble = 8, crc = true, header = true }: FrameShape): number[] {
  const shape = [sf, bandwidth, codingRate, preamble, crc ? 1 : 0, header ? 1 : 0];
  const key = shape.join(" ");
  let times = tables.get(key);
  if (!times) {
    program ??= build();
    times = execFileSync(program, shape.map(String), { encoding: "utf8" }).trim().split("\n").map(Number);
    tables.set(key, times);
  }
  return times;
}

/** Airtime of `bytes` bytes, microseconds. */
export function airtime(shape: FrameShape, bytes: number): number {
  const time = table(shape)[bytes];
  if (time === undefined) throw new RangeError(`airtime: ${bytes} bytes: 0 to 255 expected`);
  return time;
}
