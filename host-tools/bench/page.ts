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

/** docs/benchmarks.md. The figures of TensorFlow Lite Micro are published.ts's, all others were measured just now. */
export function benchmarksPage(benches: readonly Bench[], compiler: string): string {
  const rows = benches.map((bench) => {
    const theirs = published[bench.model];
    const gain = theirs ? `${(theirs.espNn / bench.count).toFixed(1)}x` : "";
    return [
      theirs ? `${bench.model}: ${theirs.task}` : bench.model === "model" ? "the example node" : bench.model,
      n(bench.macs),
      millions(theirs?.reference),
      millions(theirs?.espNn),
      `**${millions(bench.count)}**`,
      bench.countPerMac.toFixed(2),
      gain,
      theirs ? n(theirs.arena) : "",
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
    return `### ${bench.model === "model" ? "the example node" : bench.model}\n\n${table(["operator", "times", "MACs", "instructions", "a MAC", "share"], lines)}`;
  });
  return `${heading}

Written by \`npx loam bench MODELS --target rv32 --write docs/benchmarks.md\`; do not edit by hand.

Instructions retired in one invoke on RV32IMC (the ISA of ESP32-C3) under \`qemu-system-riscv32 -icount shift=0\`, and bytes of arena:
activations, scratch and everything persistent. Ours: ${compiler}, \`-O3\`, files in
which no time is spent \`-Os -msave-restore\`, every output equal to TensorFlow Lite Micro's. Theirs: TensorFlow
Lite Micro of Espressif's \`esp-tflite-micro\`, GCC 12 \`-O3\`, reference kernels and ESP-NN. The last column is the code and constants of
the engine with the model's operators alone, its share of the C library included.

${table(["model", "MACs", "TFLM", "TFLM, ESP-NN", "micro", "a MAC", "against ESP-NN", "TFLM arena", "micro arena", "text"], rows)}

The engine with all operators takes ${n(benches[0]?.text?.all ?? 0)} bytes of code and constants; TensorFlow Lite Micro with 17 operators about ${n(publishedText)}.

## Where the instructions go

${operators.join("\n\n")}
`;
}
