import type { NodeKind } from "./data.js";

export const when = (seconds: number | null): string =>
  seconds === null ? "never" : new Date(seconds * 1000).toLocaleString();

export const className = ({ classes }: NodeKind, label: number | null): string =>
  label === null ? "" : (classes[label] ?? `class ${label}`);

export const share = (value: number | null): string => (value === null ? "" : `${Math.round(100 * value)} %`);

/** As in DevStatusAns. */
export function battery(level: number | null, millivolts: number | null): string {
  const volts = millivolts ? ` (${(millivolts / 1000).toFixed(2)} V)` : "";
  if (level === null || level === 255) return `unknown${volts}`;
  return level === 0 ? `external power${volts}` : `${Math.round((100 * (level - 1)) / 253)} %${volts}`;
}
