/** The classification of a window, by the network or by the cloud. */
export interface Verdict {
  /** Index into the node description's classes, and its name. */
  label: number;
  name: string;
  /** 0..1 */
  confidence: number;
  /** Start of the window, seconds since 1970; 0 when the node did not know the time. */
  time: number;
  /** When the time is not known: the uptime at the window's start, seconds. */
  made?: number;
  source: "node" | "cloud";
}

/** The class of the largest output and its probability. @param output int8 softmax; the first of equal ones wins */
export function readVerdict(
  output: Int8Array,
  scale: number,
  zeroPoint: number,
  classes: readonly string[],
  time: number,
): Verdict {
  let label = 0;
  for (let i = 1; i < output.length; i++) if (output[i]! > output[label]!) label = i;
  const confidence = Math.max(0, Math.min(1, (output[label]! - zeroPoint) * scale));
  return { label, name: classes[label]!, confidence, time, source: "node" };
}
