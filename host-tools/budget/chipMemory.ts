import type { chipNames } from "../node/chips.js";

/** What a chip has for a firmware, bytes. */
export interface ChipMemory {
  /** RAM for data, heap and stacks. */
  ram: number;
  source: string;
}

export const memoryOfChip: Readonly<Record<(typeof chipNames)[number], ChipMemory>> = {
  esp32: { ram: 328 * 1024, source: "ESP32 Technical Reference Manual: SRAM1 and SRAM2 as data memory" },
  esp32s3: { ram: 512 * 1024, source: "ESP32-S3 Series Datasheet: internal SRAM" },
  esp32c3: { ram: 400 * 1024, source: "ESP32-C3 Series Datasheet: internal SRAM" },
};

/**
 * Of a firmware without Wi-Fi beside loam's own parts. Allowances, not measurements: ESP-IDF's statics, code in RAM, task stacks and heap;
 * its code and constants, boot data and the SDK's modules in flash.
 */
export const systemAllowance = { ram: 96 * 1024, flash: 384 * 1024 } as const;
