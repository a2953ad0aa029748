import type { NodeKind, NodeRow } from "./data.js";

export const when = (seconds: number | null): string =>
  seconds === null ? "never" : new Date(seconds * 1000).toLocaleString();

export const className = ({ classes }: NodeKind, label: number | null): string =>
  label === null ? "" : (classes[label] ?? `class ${label}`);

export const share = (value: number | null): string => (value === null ? "" : `${Math.round(100 * value)} %`);

/** @param model sequence of the package that brought it */
export const networkName = (model: number): string => (model === 0 ? "the firmware's own" : `of package ${model}`);

/** Which network a node has. */
export function networkOf({ model, modelAt }: Pick<NodeRow, "model" | "modelAt">): string {
  if (model === null) return "not said: the firmware's own, as far as is known";
  return `${networkName(model)}, said ${when(modelAt)}`;
}

/** As in DevStatusAns. */
export function battery(level: number | null, millivolts: number | null): string {
  const volts = millivolts ? ` (${(millivolts / 1000).toFixed(2)} V)` : "";
  if (level === null || level === 255) return `unknown${volts}`;
  return level === 0 ? `external power${volts}` : `${Math.round((100 * (level - 1)) / 253)} %${volts}`;
}
