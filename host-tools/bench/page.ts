import { textKind } from "../lib/fileKinds.js";
import type { Bench } from "./measure.js";
import { published, publishedText } from "./published.js";

const n = (value: number): string => value.toLocaleString("en-US");
const millions = (value: number | undefined): string => (value === undefined ? "" : `${(value / 1e6).toFixed(2)} M`);
const row = (cells: string[]): string => `| ${cells.join(" | ")} |`;
const table = (head: string[], rows: string[][]): string =>
  [row(head), row(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(row)].join("\n");

const heading = "# Benchmarks of the inference engine";
export const pageKind = textKind("the page of benchmarks", heading);

/** docs/benchmarks.md. The figures of TensorFlow Lite Micro come from published.ts, all others from this measurement. */
export function benchmarksPage(benches: readonly Bench[], compiler: string): string {
  const rows = benches.map((bench) => {
    const tflm = published[bench.model];
    const gain = tflm ? `${(tflm.espNn / bench.count).toFixed(1)}x` : "";
    return [
      tflm ? `${bench.model}: ${tflm.task}` : bench.model === "model" ? "the example node" : bench.model,
      n(bench.macs),
      millions(tflm?.reference),
      millions(tflm?.espNn),
      `**${millions(bench.count)}**`,
      bench.countPerMac.toFixed(2),
      gain,
      tflm ? n(tflm.arena) : "",
      `**${n(bench.arena)}**`,
      n(bench.text?.model ?? 0),
    ];
  });
  const operators = benches.map((bench) => {
    const kinds = new Map<string, { macs: number; count: number; times: number }>();
    for (const { operator, macs, count } of bench.operators) {
      const kind = kinds.get(operator) ?? { macs: 0, count: 0, times: 0 };
      kinds.set(operator, { macs: kind.macs + macs, count: kind.count + count, times: kind.times + 1 });
    }
    const lines = [...kinds].map(([operator, { macs, count, times }]) => [
      operator,
      n(times),
      n(macs),
      n(count),
      macs ? (count / macs).toFixed(2) : "",
      `${((100 * count) / bench.count).toFixed(1)} %`,
    ]);
    return `### ${bench.model === "model" ? "the example node" : bench.model}\n\n${table(["operator", "times", "MACs", "instructions", "per MAC", "share"], lines)}`;
  });
  return `${heading}

Written by \`npx loam bench MODELS --target rv32 --write docs/benchmarks.md\`; do not edit by hand.

Instructions retired in one invoke on RV32IMC (the ISA of ESP32-C3) under \`qemu-system-riscv32 -icount shift=0\`, and bytes of arena:
activations, scratch and persistent data. micro: ${compiler}, \`-O3\`, cold code
\`-Os -msave-restore\`, every output equal to TensorFlow Lite Micro's. TFLM: TensorFlow
Lite Micro from Espressif's \`esp-tflite-micro\`, GCC 12 \`-O3\`, with reference kernels and with ESP-NN. "text" is the code and constants of
the engine with only the model's operators, including what it needs of the C library.

${table(["model", "MACs", "TFLM", "TFLM, ESP-NN", "micro", "per MAC", "speed-up over ESP-NN", "TFLM arena", "micro arena", "text"], rows)}

The engine with all operators takes ${n(benches[0]?.text?.all ?? 0)} bytes of code and constants; TensorFlow Lite Micro with 17 operators about ${n(publishedText)}.

## Where the instructions go

${operators.join("\n\n")}
`;
}
