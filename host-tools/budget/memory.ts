import { rollingSamples, windowSamples, windowsAtOnce } from "../../device/config.js";
import type { CheckedNode } from "../node/schema/node.js";
import type { HeapUse } from "../xs/index.js";
import { memoryOfChip, systemPart, systemUse } from "./chipMemory.js";
import { measuredNode } from "./measuredNode.js";

/** A part of the node's RAM or flash, bytes. */
export interface MemoryRow {
  part: string;
  bytes: number;
  /** What it may be; undefined: it has no limit of its own. */
  limit?: number;
}

const slotBytes = 16;
/** Of a sample: a 32-bit float. */
const sampleBytes = 4;

/** Samples of a window. */
export const samplesOf = (config: CheckedNode): number =>
  config.sensors.reduce((sum, sensor) => sum + windowSamples(config, sensor), 0);

export interface XsUse {
  /** Peak of slots, chunks and stack together. */
  bytes: number;
  limit: number;
  heap: HeapUse;
}

/** RAM part by part, and together against what the chip has for a program. */
export function ramRows(config: CheckedNode, xs: XsUse, arenaUsed: number): { rows: MemoryRow[]; total: MemoryRow } {
  const { heap } = xs;
  const held = config.sensors.reduce((sum, sensor) => sum + rollingSamples(config, sensor), 0);
  const buffers = windowsAtOnce(config) * held * sampleBytes;
  const { natives } = measuredNode();
  const system = systemUse(config.chip);
  const reserved = Math.max(xs.bytes, xs.limit);
  const rows: MemoryRow[] = [
    { part: "XS: slots (most at one time)", bytes: heap.peakSlots * slotBytes },
    { part: "XS: sample buffers", bytes: buffers },
    { part: "XS: other chunks (most at one time)", bytes: Math.max(0, heap.peakChunkBytes - buffers) },
    { part: "XS: stack", bytes: heap.stackSlots * slotBytes },
    { part: "XS: all (most at one time)", bytes: xs.bytes, limit: xs.limit },
    { part: "arena: the network", bytes: arenaUsed, limit: config.model.arenaBytes },
    { part: "natives: heap, stacks, statics (measured for the example)", bytes: natives },
    { part: systemPart(system), bytes: system.ram },
  ];
  const total = {
    part: "RAM, all reserved",
    bytes: reserved + config.model.arenaBytes + natives + system.ram,
    limit: memoryOfChip[config.chip].ram,
  };
  return { rows, total };
}
