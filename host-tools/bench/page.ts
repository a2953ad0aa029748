import { textKind } from "../lib/fileKinds.js";
import type { Bench } from "./measure.js";
import { describeCollections, type NodeBench } from "./node.js";
import { published, publishedText } from "./published.js";

const n = (value: number): string => value.toLocaleString("en-US");
const millions = (value: number | undefined): string => (value === undefined ? "" : `${(value / 1e6).toFixed(2)} M`);
const row = (cells: string[]): string => `| ${cells.join(" | ")} |`;
const table = (head: string[], rows: string[][]): string =>
  [row(head), row(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(row)].join("\n");

const heading = "# Benchmarks of the inference engine";
export const pageKind = textKind("the page of benchmarks", heading);

const nodeHeading = "## The whole node";
const operatorsHeading = "## Where the instructions go";

/** The section of the page between a heading and the next of its kind; "" when it is not there. */
function section(page: string, from: string): string {
  const start = page.indexOf(`\n${from}\n`);
  if (start < 0) return "";
  const end = page.indexOf("\n## ", start + 1);
  return page.slice(start + 1, end < 0 ? undefined : end + 1);
}

/** The page with the node's section, made anew. */
export function withNode(page: string, bench: NodeBench, compiler: string): string {
  const old = section(page, nodeHeading);
  const made = nodeSection(bench, compiler);
  return old
    ? page.replace(old, () => made)
    : page.replace(`\n${operatorsHeading}\n`, () => `\n${made}${operatorsHeading}\n`);
}

/** The page with the node's section of an older one. */
export const withNodeOf = (page: string, older: string): string => {
  const old = section(older, nodeHeading);
  return old ? page.replace(`\n${operatorsHeading}\n`, () => `\n${old}${operatorsHeading}\n`) : page;
};

function nodeSection(bench: NodeBench, compiler: string): string {
  const { instructions } = bench;
  const share = (count: number): string => `${((100 * count) / instructions).toFixed(1)} %`;
  const spent = bench.stages.map((row) => [row.stage, n(row.instructions), share(row.instructions)]);
  const parts = bench.memory.map(({ part, peak, reserved }) => [part, n(peak), n(reserved)]);
  return `${nodeHeading}

Written by \`npm run bench:node\`. XS, natives, byte code and network of the example, compiled for RV32IMC as the SDK does (${compiler}, \`-Os\`),
on an emulated chip with the memory of an ESP32-C3, on a simulated day; radio chip and air are simulated around it. Means of ${bench.windows} windows
after the first two: ${n(instructions)} instructions from a window's end to the next one's, ${n(bench.toVerdict)} from the last sample to the verdict,
${describeCollections(bench)}. A native method counts for the module that calls it, garbage collection for itself,
and what runs from a reset to the end of the first turn of the event loop for waking up.

${table(["stage", "instructions", "share"], spent)}

RAM in bytes, of ${n(bench.ram)}: ${n(bench.reserved)} are set aside. The machine with its modules takes ${n(bench.image)} bytes of flash.

${table(["part", "peak", "reserved"], parts)}

`;
}

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

${operatorsHeading}

${operators.join("\n\n")}
`;
}
