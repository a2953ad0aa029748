import { readFile } from "node:fs/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { boardNames, isBoard, type Board, type Target } from "../board/index.js";
import { measure, type Bench } from "../bench/measure.js";
import { benchNode, describeCollections, type NodeBench } from "../bench/node.js";
import { benchmarksPage, pageKind, titleOf, withNode, withNodeOf } from "../bench/page.js";
import { measuredTflm, tflmOf } from "../bench/pageTflm.js";
import { toolchains } from "../board/toolchains.js";
import { operatorsDefine } from "../inference/operators.js";
import { UserError } from "../lib/errors.js";
import { run } from "../lib/exec.js";
import { readUserFile, writeFileAtomic } from "../lib/files.js";
import { showComparisons } from "./benchCompare.js";
import { comparable, compare, type Comparison } from "../bench/compare.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { whole } from "../lib/numbers.js";
import { startProgress } from "../lib/progress.js";
import { formatTable } from "../lib/table.js";
import { externalInputOption } from "./externalInput.js";
import { benchScript } from "../bench/script.js";
import { readNode } from "../node/nodeFile.js";
import { currentNode, exampleNode } from "../node/nodeFolder.js";

interface Options {
  target?: Target[];
  node?: boolean;
  script?: boolean;
  recording?: string;
  windows: number;
  operators?: boolean;
  externalInput: number[];
  compare?: "tflm";
  write?: string;
  force?: boolean;
  json?: boolean;
}

function show(benches: Bench[], operators: boolean): void {
  const { target, text: sizes, load: loads } = benches[0]!;
  const unit = isBoard(target) ? `instructions, ${target}` : "ns";
  const rows = benches.map(({ model, macs, count, countPerMac, arena, load, text }) => [
    model,
    macs,
    count,
    countPerMac.toFixed(2),
    arena,
    ...(load ? [load.prepared, load.plain, load.plainInvoke] : []),
    ...(text ? [text.model, text.all] : []),
  ]);
  const head = [
    "model",
    "MACs",
    unit,
    "per MAC",
    "arena",
    ...(loads ? ["load", "load, no table", "invoke, no table"] : []),
    ...(!sizes ? [] : ["text, own operators", "text, all operators"]),
  ];
  process.stdout.write(`${formatTable(head, rows)}\n`);
  if (!operators) return;
  for (const bench of benches) {
    const lines = bench.operators.map(({ index, operator, shape, macs, count }) => [
      index,
      operator,
      shape.join("x"),
      macs,
      count,
      macs ? (count / macs).toFixed(2) : "",
    ]);
    process.stdout.write(
      `${bench.model}\n${formatTable(["#", "operator", "output", "MACs", unit, "per MAC"], lines)}\n`,
    );
    process.stdout.write(
      `-DINFERENCE_OPERATORS="${operatorsDefine(bench.operatorsUsed)}"${bench.defines.map((define) => ` -D${define}`).join("")}${bench.text ? ` saves ${(bench.text.all - bench.text.model).toLocaleString("en-US")} of ${bench.text.all.toLocaleString("en-US")} bytes` : ""}\n`,
    );
  }
}

const targets: readonly Target[] = ["host", ...boardNames];

function addTarget(name: string, named: Target[] = []): Target[] {
  const target = targets.find((target) => target === name);
  if (!target) throw new InvalidArgumentError(`Allowed choices are ${targets.join(", ")}.`);
  return named.includes(target) ? named : [...named, target];
}

const compilerName = async (board: Board): Promise<string> => {
  const { compiler, install } = toolchains[board];
  return (await run(compiler, ["--version"], { install })).split("\n")[0]!;
};

function showNode(bench: NodeBench): void {
  const rows = bench.stages.map(({ stage, instructions }) => [stage, instructions]);
  process.stdout.write(`${formatTable(["stage", "instructions a window"], rows)}\n`);
  process.stdout.write(
    `${bench.instructions.toLocaleString("en-US")} in all, ${bench.toVerdict.toLocaleString("en-US")} from the last sample to the verdict, ${describeCollections(bench)}; means of ${bench.windows} windows\n`,
  );
  const parts = bench.memory.map(({ part, peak, reserved }) => [part, peak, reserved]);
  process.stdout.write(`${formatTable(["RAM", "peak", "reserved"], parts)}\n`);
  process.stdout.write(
    `${bench.reserved.toLocaleString("en-US")} of ${bench.ram.toLocaleString("en-US")} bytes of RAM; ${bench.image.toLocaleString("en-US")} bytes of flash for the machine with its modules\n`,
  );
}

async function benchWholeNode({ recording, windows, write, force, json }: Options): Promise<void> {
  if (write) await requireReplaceable([{ file: write, kind: pageKind }], { sources: [], force });
  const page = write ? (await readUserFile(write, "the page of benchmarks")).toString() : "";
  const progress = startProgress("bench", windows);
  const bench = await benchNode({
    config: await readNode(undefined),
    windows,
    ...(recording && { recording }),
    onWindow: (done) => progress.update(done, `window ${done}`),
  });
  progress.finish();
  if (write) await writeFileAtomic(write, withNode(page, bench, await compilerName("rv32")));
  if (json) process.stdout.write(`${JSON.stringify(bench)}\n`);
  else showNode(bench);
}

async function benchScripts({ windows, json }: Options): Promise<void> {
  const { app } = currentNode ?? exampleNode;
  const progress = startProgress("bench", 2 * windows);
  const bench = await benchScript({
    directory: app,
    config: await readNode(undefined),
    windows,
    onWindow: (done) => progress.update(done, `window ${done}`),
  });
  progress.finish();
  if (json) return void process.stdout.write(`${JSON.stringify(bench)}\n`);
  const rows = bench.map(({ figure, source, byteCode }) => [figure, source, byteCode]);
  process.stdout.write(`${formatTable(["", "source text", "byte code"], rows)}\n`);
}

async function writePage(file: string, benches: Bench[], comparisons: Comparison[]): Promise<void> {
  const older = await readFile(file, "utf8").catch(() => "");
  const compilers = { rv32: await compilerName("rv32"), lx6: await compilerName("lx6") };
  const tflm = comparisons.length ? measuredTflm(comparisons, titleOf) : tflmOf(older);
  await writeFileAtomic(file, withNodeOf(benchmarksPage(benches, compilers, tflm), older));
}

async function benchComparison(files: string[], { operators, json }: Options): Promise<void> {
  const among = comparable();
  const progress = startProgress("bench", files.length);
  const comparisons: Comparison[] = [];
  for (const file of files) {
    progress.update(comparisons.length, file);
    comparisons.push(await compare(file, among));
  }
  progress.finish();
  if (json) process.stdout.write(`${JSON.stringify(comparisons)}\n`);
  else showComparisons(comparisons, operators ?? false);
}

export default new Command("bench")
  .description(
    "Measure a model on the micro engine: instructions on an emulated board, RV32IMC as an ESP32-C3 or LX6 as an ESP32, or time on this machine; arena; code size. With --node, the whole node on an emulated chip: instructions of a window by stage, RAM by part. With --script, what it costs that a package has an app script's source text, beside byte code.",
  )
  .argument("[models...]", ".tflite files")
  .option("--node", "the node of this folder instead of models")
  .addOption(
    new Option("--script", "the app script of this folder instead of models, on an emulated chip").conflicts([
      "node",
      "recording",
      "operators",
      "write",
    ]),
  )
  .option("--windows <n>", "with --node and --script: windows to run; the first two are not in the means", whole(3), 12)
  .option("--recording <file>", "with --node: a recorded day, CSV (default: a simulated one, the same each time)")
  .option(
    "--target <target>",
    `where the models run: ${targets.join(", ")}; may be given several times (default: rv32, with --write all boards)`,
    addTarget,
  )
  .option("--operators", "one row per operator, and the operator list for the build")
  .addOption(
    new Option(
      "--compare <engine>",
      "also on TensorFlow Lite Micro, built from the checkout that TFLM_DIR names, with its reference kernels and, where ESP_NN_DIR names esp-nn, with Espressif's: the same figures on the rv32 board, and whether the bytes are equal. The first build takes minutes",
    ).choices(["tflm"]),
  )
  .option("--write <file>", "also write the page docs/benchmarks.md (all boards)")
  .addOption(externalInputOption())
  .addOption(forceOption())
  .option("--json", "print the figures as JSON")
  .action(async (files: string[], options: Options) => {
    if ((options.node || options.script) && files.length)
      throw new UserError(
        `--${options.node ? "node" : "script"} takes no models, ${files.join(", ")} given: the network is that of the node`,
      );
    if (options.node) return benchWholeNode(options);
    if (options.script) return benchScripts(options);
    if (files.length === 0)
      throw new UserError("no models: name .tflite files, --node for the whole node, or --script for the app script");
    if (options.compare && options.externalInput.length > 0)
      throw new UserError("TensorFlow Lite Micro has all inputs in its arena: --compare goes without --external-input");
    if (options.compare && !options.write) {
      if (options.target?.some((target) => target !== "rv32"))
        throw new UserError(`--compare runs on rv32, --target ${options.target.join(", ")} given`);
      return benchComparison(files, options);
    }
    const named: readonly Target[] = options.target ?? (options.write ? boardNames : ["rv32"]);
    if (options.write && (named.includes("host") || boardNames.some((board) => !named.includes(board))))
      throw new UserError(
        `--write needs ${boardNames.map((board) => `--target ${board}`).join(" ")}, or no --target: times differ between machines`,
      );
    if (options.write)
      await requireReplaceable([{ file: options.write, kind: pageKind }], { sources: files, force: options.force });
    if (options.write && options.externalInput.length > 0)
      throw new UserError(
        "the page has the models with their inputs in the arena: --write goes without --external-input",
      );
    const among = options.compare ? comparable() : [];
    const progress = startProgress("bench", (named.length + (options.compare ? 1 : 0)) * files.length);
    const benches: Bench[] = [];
    for (const target of named)
      for (const file of files) {
        progress.update(benches.length, `${file}, ${target}`);
        // The page has the sizes of one board.
        benches.push(
          await measure(file, target, {
            sizes: target === "rv32" || (isBoard(target) && !options.write),
            external: options.externalInput,
          }),
        );
      }
    const comparisons: Comparison[] = [];
    for (const [i, file] of (options.compare ? files : []).entries()) {
      progress.update(benches.length + i, `${file}, TensorFlow Lite Micro`);
      comparisons.push(await compare(file, among, benches.filter(({ target }) => target === "rv32")[i]));
    }
    progress.finish();
    if (options.write) await writePage(options.write, benches, comparisons);
    if (options.json) process.stdout.write(`${JSON.stringify(benches)}\n`);
    else
      for (const target of named)
        show(
          benches.filter((bench) => bench.target === target),
          options.operators ?? false,
        );
  });
