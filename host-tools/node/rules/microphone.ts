import type { Path } from "../../lib/jsonPath.js";
import type { Findings } from "../findings.js";
import type { Sensor } from "../schema/node.js";
import type { Hardware } from "./wiring.js";

/** A block must hold a spectrum, and a band a bin of it. */
export function checkMicrophone(
  { rate }: Sensor,
  { sampleRate, size, band }: Extract<Hardware, { chip: "microphone" }>,
  path: Path,
  findings: Findings,
): void {
  const block = Math.round(sampleRate / rate);
  if (size & (size - 1)) findings.expected([...path, "size"], "a power of two");
  else if (size > block) findings.expected([...path, "size"], `at most the ${Math.floor(block)} samples of a block`);
  if (!band) return;
  const [low, high] = band;
  if (low < 0 || high > sampleRate / 2)
    findings.expected([...path, "band"], `a band inside 0 to ${sampleRate / 2} Hz, half the sampleRate`);
  else if (Math.ceil((high * size) / sampleRate) <= Math.ceil((low * size) / sampleRate))
    findings.expected([...path, "band"], `a band that holds a bin: bins are ${sampleRate / size} Hz apart`);
}
