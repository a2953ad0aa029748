/** Chips that times are estimated for. */
import type { ExpectedTarget } from "../inference/expected.js";

export interface Chip {
  name: string;
  /** The instruction set whose measured instructions stand for it. */
  set: ExpectedTarget;
  /** Of its data sheet: the highest clock. */
  megahertz: number;
}

/**
 * Clocks: ESP32 series datasheet 4.1.1, ESP32-S3 series datasheet 4.1.1.1 and ESP32-C3 series datasheet 4.1.1.1 (CPU). The ESP32-S3 stands here
 * without its vector instructions: its scalar ones are those of the ESP32.
 */
export const chips: readonly Chip[] = [
  { name: "ESP32", set: "lx6", megahertz: 240 },
  { name: "ESP32-S3", set: "lx6", megahertz: 240 },
  { name: "ESP32-C3", set: "rv32", megahertz: 160 },
];

/** An instruction a cycle: what waits for flash or memory is not in it. */
export const milliseconds = (instructions: number, { megahertz }: Chip): number => instructions / (1000 * megahertz);
