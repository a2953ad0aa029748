import type { ExploredWindow, Explorer, ReportData, Signal } from "./data.js";

/** Lines in a byte a point, which is as fine as they are drawn: a page of a thousand windows stays small. */
export interface Packed {
  low: number;
  high: number;
  /** Base64; 255 where there is no value. */
  bytes: string;
}

export type PackedSignal = Omit<Signal, "values" | "spectrum"> & {
  values: Packed;
  spectrum?: { highest: number; values: Packed };
};

type PackedExplorer = Omit<Explorer, "windows"> & {
  windows: (Omit<ExploredWindow, "signals"> & { signals: PackedSignal[] })[];
};

/** What the page carries. */
export type PageData = Omit<ReportData, "explorer"> & { explorer: PackedExplorer };

const hole = 255;

export function pack(values: readonly (number | null)[]): Packed {
  const real = values.filter((value) => value !== null);
  const low = real.reduce((least, value) => Math.min(least, value), Infinity);
  const high = real.reduce((largest, value) => Math.max(largest, value), -Infinity);
  const scale = high > low ? (hole - 1) / (high - low) : 0;
  const bytes = values.map((value) => (value === null ? hole : Math.round((value - low) * scale)));
  return {
    ...(real.length > 0 ? { low, high } : { low: 0, high: 0 }),
    bytes: btoa(String.fromCharCode(...bytes)),
  };
}

export function unpack({ low, high, bytes }: Packed): (number | null)[] {
  return Array.from(atob(bytes), (character) => {
    const byte = character.charCodeAt(0);
    return byte === hole ? null : low + (byte * (high - low)) / (hole - 1);
  });
}

const packSignal = ({ values, spectrum, ...rest }: Signal): PackedSignal => ({
  ...rest,
  values: pack(values),
  ...(spectrum && { spectrum: { ...spectrum, values: pack(spectrum.values) } }),
});

export const packReport = ({ explorer, ...rest }: ReportData): PageData => ({
  ...rest,
  explorer: {
    ...explorer,
    windows: explorer.windows.map((window) => ({ ...window, signals: window.signals.map(packSignal) })),
  },
});
