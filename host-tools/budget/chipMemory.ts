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

/** What a firmware without Wi-Fi has beside loam's own parts, bytes. */
export interface SystemUse {
  /** ESP-IDF's statics, task stacks and heap; on a chip that has no other memory for it, its code in RAM. */
  ram: number;
  /** ESP-IDF's code and constants, boot data, the SDK's modules. */
  flash: number;
  isMeasured: boolean;
}

/**
 * Of an ESP32's image without ESP-IDF's log, as the SDK's configuration builds it, what docs/benchmarks.md said at the same time of XS, natives and scripts (for RV32IMC), and what is of this
 * node alone: network, normalizer, description.
 */
const imageRest = 1_562_016 - 1_047_268 - 157_760 - 972 - 2_473;

/**
 * Measured: docs/firmware.md, on the emulated chip. RAM: the ESP32's data memory less the least heap that was ever free, less XS, arena and natives. The others
 * are allowances: on the emulated ESP32-C3 the replay node took 84,876 bytes of RAM, to which the start's peak comes.
 */
const measured: Readonly<Record<string, Omit<SystemUse, "isMeasured">>> = { esp32: { ram: 35_808, flash: imageRest } };

export const systemUse = (chip: (typeof chipNames)[number]): SystemUse => {
  const use = measured[chip];
  return use ? { ...use, isMeasured: true } : { ram: 96 * 1024, flash: 384 * 1024, isMeasured: false };
};

/** A row's title. */
export const systemPart = ({ isMeasured }: SystemUse): string =>
  `ESP-IDF (${isMeasured ? "measured for the example" : "an allowance"})`;

/**
 * Bytes of the C heap that are free when the program begins, but for the network's arena and what a window needs. Measured: docs/firmware.md, free in a window,
 * and the arena of 49,152. Of other chips `compileRoom` knows what all parts leave.
 */
export const freeBeforeArena: Readonly<Record<string, number>> = { esp32: 52_232 + 49_152 };
