import type { Report } from "tfjs-to-tflite/web.js";
import { analyse, type Analysis } from "../analysis.js";
import type { Done } from "./messages.js";

/** What became of a layer. */
export interface LayerDamage {
  layer: string;
  /** dB; null: rounding changes nothing, undefined: not known. */
  snr: number | null | undefined;
}

export interface Result {
  name: string;
  tflite: Uint8Array;
  report: Report;
  analysis: Analysis;
  /** Of each operator of the file. */
  damage: LayerDamage[];
  /** How many pictures were not taken, as they would not fit. */
  left: number;
}

/** The report's operators are those of the network; a quantized file whose inputs have another type than its activations has a QUANTIZE for each before them. */
export function resultOf(name: string, { tflite, report, left }: Omit<Done, "kind">): Result {
  const analysis = analyse(tflite);
  const own = { int8: "int8", int16x8: "int16", float32: "float32" }[report.type];
  const before = report.inputs.filter(({ type }) => type !== own).length;
  const damage = analysis.operators.map(({ output }, i): LayerDamage => {
    const of = report.operators[i - before];
    return of ? { layer: of.layer, snr: of.snr } : { layer: output, snr: undefined };
  });
  return { name, tflite, report, analysis, damage, left };
}
