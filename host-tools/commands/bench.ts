import { Command, Option } from "commander";
import type { Target } from "../board/index.js";
import { measure, type Bench } from "../bench/measure.js";
import { benchmarksPage, pageKind } from "../bench/page.js";
import { operatorsDefine } from "../inference/operators.js";
import { UserError } from "../lib/errors.js";
import { run } from "../lib/exec.js";
import { writeFileAtomic } from "../lib/files.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { startProgress } from "../lib/progress.js";
import { formatTable } from "../lib/table.js";

interface Options {
  target: Target;
  operators?: boolean;
  write?: string;
  force?: boolean;
  json?: boolean;
}

function show(benches: Bench[], operators: boolean): void {
  const unit = benches[0]?.target === "rv32" ? "instructions" : "ns";
  const rows = benches.map(({ model, macs, count, countPerMac, arena, text }) => [
    model,
    macs,
    count,
    countPerMac.toFixed(2),
    arena,
    ...(text ? [text.model, text.all] : []),
  ]);
  const head = [
    "model",
    "MACs",
    unit,
    "per MAC",
    "arena",
    ...(unit === "ns" ? [] : ["text, own operators", "text, all operators"]),
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
      `-DINFERENCE_OPERATORS="${operatorsDefine(bench.operatorsUsed)}"${bench.text ? ` saves ${(bench.text.all - bench.text.model).toLocaleString("en-US")} of ${bench.text.all.toLocaleString("en-US")} bytes` : ""}\n`,
    );
  }
}

export default new Command("bench")
  .description(
    "Measure a model on the micro engine: instructions on an emulated RV32IMC board, or time on this machine; arena; code size.",
  )
  .argument("<models...>", ".tflite files")
  .addOption(new Option("--target <target>", "where the model runs").choices(["host", "rv32"]).default("rv32"))
  .option("--operators", "one row per operator, and the operator list for the build")
  .option("--write <file>", "also write the page docs/benchmarks.md (rv32 only)")
  .addOption(forceOption())
  .option("--json", "print the figures as JSON")
  .action(async (files: string[], options: Options) => {
    if (options.write && options.target !== "rv32")
      throw new UserError("--write needs --target rv32: times differ between machines");
    if (options.write)
      await requireReplaceable([{ file: options.write, kind: pageKind }], { sources: files, force: options.force });
    const progress = startProgress("bench", files.length);
    const benches: Bench[] = [];
    for (const [done, file] of files.entries()) {
      progress.update(done, file);
      benches.push(await measure(file, options.target));
    }
    progress.finish();
    if (options.write)
      await writeFileAtomic(
        options.write,
        benchmarksPage(benches, (await run("riscv64-unknown-elf-gcc", ["--version"])).split("\n")[0]!),
      );
    if (options.json) process.stdout.write(`${JSON.stringify(benches)}\n`);
    else show(benches, options.operators ?? false);
  });
