import type { Board } from "../board/index.js";
import { textKind } from "../lib/fileKinds.js";
import type { Bench } from "./measure.js";
import { describeCollections, type NodeBench } from "./node.js";
import { tflmHeads, type TflmOfPage } from "./pageTflm.js";
import { titles } from "./titles.js";

const n = (value: number): string => value.toLocaleString("en-US");
const millions = (value: number | undefined): string =>
  value === undefined ? "" : value < 1e5 ? n(value) : `${(value / 1e6).toFixed(2)} M`;
const row = (cells: string[]): string => `| ${cells.join(" | ")} |`;
const table = (head: string[], rows: string[][]): string =>
  [row(head), row(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(row)].join("\n");

const heading = "# Benchmarks of the inference engine";
export const pageKind = textKind("the page of benchmarks", heading);

const nodeHeading = "## The whole node";
const loadHeading = "## Loading";
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

/** A model's name in headings, and in the first column of the table, there with its task. */
const headingOf = ({ model }: Bench): string => titles[model]?.title ?? model;
export const titleOf = (bench: Bench): string => {
  const task = titles[bench.model]?.task;
  return task ? `${headingOf(bench)}: ${task}` : headingOf(bench);
};

/** What starting takes, with the prepared table and without. */
function loadSection(benches: readonly Bench[]): string {
  const rows = benches.map((bench) => {
    const { table, prepared, plain, plainInvoke } = bench.load!;
    return [headingOf(bench), n(table), n(prepared), n(bench.count), n(plain), n(plainInvoke)];
  });
  const head = ["model", "table, bytes", "load", "invoke", "load without table", "invoke without table"];
  return `${loadHeading}

Instructions on RV32IMC of a load and of the invoke after it, in the least arena: with the [prepared table](backends.md#prepared-tables) in the file, and without.

${table(head, rows)}

`;
}

/** docs/benchmarks.md, of the same models on both boards. */
export function benchmarksPage(
  benches: readonly Bench[],
  compilers: Readonly<Record<Board, string>>,
  { how, figures }: TflmOfPage,
): string {
  const on = (board: Board): Bench[] => benches.filter(({ target }) => target === board);
  const rv32 = on("rv32");
  const lx6 = new Map(on("lx6").map((bench) => [bench.model, bench]));
  const bytes = (value: number | undefined): string => (value === undefined ? "" : n(value));
  const rows = rv32.map((bench) => {
    const tflm = figures.get(titleOf(bench));
    const other = lx6.get(bench.model)!;
    return [
      titleOf(bench),
      n(bench.macs),
      millions(tflm?.reference),
      millions(tflm?.espNn),
      `**${millions(bench.count)}**`,
      bench.countPerMac.toFixed(2),
      tflm?.espNn === undefined ? "" : `${(tflm.espNn / bench.count).toFixed(1)}x`,
      `**${millions(other.count)}**`,
      other.countPerMac.toFixed(2),
      bytes(tflm?.arena),
      `**${n(bench.arena)}**`,
      n(other.arena),
      bytes(tflm?.text),
      n(bench.text?.model ?? 0),
    ];
  });
  const head = [
    "model",
    "MACs",
    tflmHeads.reference,
    tflmHeads.espNn,
    "micro, RV32",
    "per MAC",
    "speed-up over ESP-NN",
    "micro, LX6",
    "per MAC",
    tflmHeads.arena,
    "micro arena",
    "on LX6",
    tflmHeads.text,
    "text",
  ];
  const operators = rv32.map((bench) => {
    const kinds = new Map<string, { macs: number; count: number; other: number; times: number }>();
    const others = new Map(lx6.get(bench.model)!.operators.map(({ index, count }) => [index, count]));
    for (const { index, operator, macs, count } of bench.operators) {
      const kind = kinds.get(operator) ?? { macs: 0, count: 0, other: 0, times: 0 };
      kinds.set(operator, {
        macs: kind.macs + macs,
        count: kind.count + count,
        other: kind.other + others.get(index)!,
        times: kind.times + 1,
      });
    }
    const perMac = (count: number, macs: number): string => (macs ? (count / macs).toFixed(2) : "");
    const lines = [...kinds].map(([operator, { macs, count, other, times }]) => [
      operator,
      n(times),
      n(macs),
      n(count),
      perMac(count, macs),
      `${((100 * count) / bench.count).toFixed(1)} %`,
      n(other),
      perMac(other, macs),
    ]);
    const head = ["operator", "times", "MACs", "RV32", "per MAC", "share", "LX6", "per MAC"];
    return `### ${headingOf(bench)}\n\n${table(head, lines)}`;
  });
  return `${heading}

Written by \`npx loam bench MODELS --compare tflm --write docs/benchmarks.md\`; do not edit by hand.

Instructions retired in one invoke, and bytes of arena: activations, scratch and persistent data. RV32: RV32IMC, the ISA of ESP32-C3, under
\`qemu-system-riscv32 -icount shift=0\`; ${compilers.rv32}, \`-O3\`, cold code \`-Os -msave-restore\`. LX6: that of the ESP32, with its
16-bit multiplier, under \`qemu-system-xtensa -icount shift=6\`; ${compilers.lx6}, \`-O3\`, cold code \`-Os\`: for an LX106, whose compiler takes
more instructions for what is not written in assembly than one for the ESP32. Every output equals TensorFlow Lite Micro's.
"text" is the code and constants on RV32IMC with only the model's operators, including what they need of the C library. micro has every model's
prepared table in the file, as \`loam convert\` and \`loam plan\` write it ([backends.md](backends.md#prepared-tables)).

${how}

${table(head, rows)}

The engine with all operators takes ${n(rv32[0]?.text?.all ?? 0)} bytes of code and constants.

${loadSection(rv32)}${operatorsHeading}

${operators.join("\n\n")}
`;
}
