import type { BoardReport } from "../xs/index.js";

/** RAM in bytes, at a window's end: peaks since the start, and what is set aside. */
export interface ChipMemory {
  slots: number;
  slotPeak: number;
  slotsReserved: number;
  chunks: number;
  chunkPeak: number;
  chunksReserved: number;
  /** XS's stack. */
  stackPeak: number;
  stackReserved: number;
  /** What XS has in all: the manifest's creation.static. */
  xs: number;
  /** All that malloc has taken, XS's memory included. */
  heap: number;
  cStackPeak: number;
  cStackReserved: number;
  /** Of the radio driver's task. */
  driverStackPeak: number;
  driverStackReserved: number;
  statics: number;
  /** Flash: the machine with the modules. */
  image: number;
}

/** From the end of one window to the end of the next. */
export interface ChipWindow {
  instructions: number;
  /** From the last sample's timer to the verdict's line in the journal; 0 when there was no verdict. */
  toVerdict: number;
  /** Garbage collections of the node's machine. */
  collections: number;
  /** Of these, in the window itself: from the start after a sleep, or from the last window's end, to the verdict and what the script does with it. */
  windowCollections: number;
  /** And of the app script's, which is smaller by far. */
  scriptCollections: number;
  /** Instructions by module; "" is what runs without script, "garbage collection" is that, "wake" all else from a reset to the end of the first turn. */
  modules: Record<string, number>;
}

/** What the chip's instructions were for, in all programs of the run; without simulated parts. */
export interface ChipCosts {
  starts: number;
  /** Without script, from a reset to the end of the first turn of the event loop. */
  start: number;
  turns: number;
  /** Without script later: event loop, radio driver. */
  outside: number;
  /** Garbage collections of the node's machine, and what all took. */
  collections: number;
  collecting: number;
  /** Byte code. */
  code: number;
  /** Each of XS's byte codes, by its number, where the program counts them (ChipBuildOptions). */
  byteCodes: [count: number, instructions: number][];
  /** Of a built-in function or native, by its address in hexadecimal digits: how often it was called, what it took itself, and bytes of the texts that it was given first, and gave. */
  calls: Record<string, [calls: number, instructions: number, given: number, made: number]>;
}

export interface ChipReport {
  /** Undefined when no program has come to its end. */
  costs: ChipCosts | undefined;
  windows: ChipWindow[];
  /** The largest of all programs, from start to sleep; undefined when none has come to a window or to its end. */
  memory: ChipMemory | undefined;
}

type Line = { memory: ChipMemory; costs?: ChipCosts } & BoardReport & Partial<ChipWindow>;

const larger = (a: ChipMemory, b: ChipMemory): ChipMemory =>
  Object.fromEntries(
    Object.entries(a).map(([key, value]) => [key, Math.max(value as number, b[key as keyof ChipMemory])]),
  ) as unknown as ChipMemory;

/** What the instruments wrote (world/worldCount.c): one line of JSON at each window, and when a program ends. A last line that was cut off is left out. */
export function readReport(text: string): ChipReport & { board: BoardReport | undefined } {
  const lines = text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
  const last = lines.at(-1);
  const [first, ...others] = lines.map(({ memory }) => memory);
  return {
    costs: lines.findLast(({ costs }) => costs)?.costs,
    windows: lines.filter((line): line is Line & ChipWindow => line.instructions !== undefined),
    memory: first && others.reduce(larger, first),
    board: last && { power: last.power, injected: last.injected, flashAccesses: last.flashAccesses },
  };
}
