/** What each pin of a chip can be used for, according to ESP-IDF's "GPIO & RTC GPIO" pages and, for strapping, the chips' datasheets ("Boot Configurations"). */

/** A pin that the chip samples at reset. */
interface Strapping {
  /** Level required at reset for a normal boot. */
  level: "high" | "low";
  /** boot: the chip does not boot otherwise; flashing: it cannot be flashed over serial; log: affects only boot messages or a debug interface. */
  decides: "boot" | "flashing" | "log";
  otherwise: string;
}

export interface NodeChip {
  title: string;
  /** First and last pin of each range that exists. */
  pins: readonly (readonly [first: number, last: number])[];
  inputOnly: readonly number[];
  /** Connected to the program flash, or to its supply, on every module. */
  flash: readonly number[];
  /** Pins with an ADC channel that the SDK's driver supports. */
  analog: readonly number[];
  strapping: Readonly<Record<number, Strapping>>;
  /** Other uses, on some boards or when flashing and debugging. */
  shared: Readonly<Record<number, string>>;
  i2cBuses: number;
  uarts: number;
  /** SPI hosts available to a program. */
  spiHosts: readonly number[];
}

const run = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const all = (pins: number[], use: string): Record<number, string> => Object.fromEntries(pins.map((pin) => [pin, use]));

const download = { level: "high", decides: "boot", otherwise: "the chip waits for a download over serial" } as const;
const flashSupply = { level: "low", decides: "boot", otherwise: "a 3.3 V flash is supplied with 1.8 V" } as const;
const noDownload = { decides: "flashing", otherwise: "the chip cannot be flashed over serial" } as const;
export const uart0 = "is a pin of UART0, over which the chip is flashed and debugged";
const usb = "is a pin of the chip's own USB, over which it may be flashed and debugged";

/** ESP32 Series Datasheet v4.7, section 3 and table 2-1. GPIO5 and GPIO15 set the timing of an SDIO slave, GPIO15 the ROM's log too. */
const esp32: NodeChip = {
  title: "ESP32",
  pins: [
    [0, 23],
    [25, 27],
    [32, 39],
  ],
  inputOnly: run(34, 39),
  flash: run(6, 11),
  analog: [0, 2, 4, ...run(12, 15), ...run(25, 27), ...run(32, 39)],
  strapping: {
    0: download,
    2: { level: "low", ...noDownload },
    5: { level: "high", decides: "log", otherwise: "the SDIO slave timing changes" },
    12: flashSupply,
    15: { level: "high", decides: "log", otherwise: "the ROM prints no boot log" },
  },
  shared: {
    ...all([1, 3], uart0),
    ...all([16, 17], "belongs to the PSRAM on modules that have it (WROVER)"),
    20: "exists only on an ESP32-PICO-V3",
  },
  i2cBuses: 2,
  uarts: 3,
  spiHosts: [1, 2],
};

/** ESP32-S3 Series Datasheet v2.0, section 3. */
const esp32s3: NodeChip = {
  title: "ESP32-S3",
  pins: [
    [0, 21],
    [26, 48],
  ],
  inputOnly: [],
  flash: run(26, 32),
  analog: run(1, 20),
  strapping: {
    0: download,
    3: { level: "high", decides: "log", otherwise: "JTAG may use pins instead of USB" },
    45: flashSupply,
    46: { level: "low", ...noDownload },
  },
  shared: {
    ...all([19, 20], usb),
    ...all(run(33, 37), "belongs to octal flash or PSRAM on modules that have it (such as N16R8)"),
    ...all([43, 44], uart0),
  },
  i2cBuses: 2,
  uarts: 3,
  spiHosts: [1, 2],
};

/** ESP32-C3 Series Datasheet v2.0, section 3. ADC2 (GPIO5) gives wrong readings (errata), and the SDK's driver does not support it. */
const esp32c3: NodeChip = {
  title: "ESP32-C3",
  pins: [[0, 21]],
  inputOnly: [],
  flash: run(11, 17),
  analog: run(0, 4),
  strapping: {
    2: { level: "high", ...noDownload },
    8: { level: "high", ...noDownload },
    9: download,
  },
  shared: { ...all([18, 19], usb), ...all([20, 21], uart0) },
  i2cBuses: 1,
  uarts: 2,
  spiHosts: [1],
};

export const chips = { esp32, esp32s3, esp32c3 } as const satisfies Record<string, NodeChip>;
export const chipNames = ["esp32", "esp32s3", "esp32c3"] as const satisfies readonly (keyof typeof chips)[];
export const defaultChip = "esp32" satisfies keyof typeof chips;
