import { Command, InvalidArgumentError, Option } from "commander";
import { microArena, planModel, type MicroArena, type TflmArena } from "../inference/index.js";
import { checkExternal } from "../inference/externalInputs.js";
import { readModel } from "../inference/readModel.js";
import { supportLines, supportOf } from "../inference/support.js";
import { askTflm } from "../inference/tflmAsked.js";
import { tflmFigures } from "../inference/tflmSupport.js";
import { UserError } from "../lib/errors.js";
import { tfliteKind } from "../lib/fileKinds.js";
import { writeFileAtomic } from "../lib/files.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { formatTable } from "../lib/table.js";
import { printable } from "../lib/terminal.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { externalInputOption } from "./externalInput.js";

interface Options {
  budget: number;
  backend: "micro" | "tflm";
  plan?: string;
  externalInput: number[];
  force?: boolean;
  json?: boolean;
}

function parseBudget(text: string): number {
  const bytes = Number(text);
  if (!(Number.isInteger(bytes) && bytes > 0)) throw new InvalidArgumentError("a number of bytes above 0 expected");
  return bytes;
}

/** The operator at which the plan is highest, and how much an arena of `budget` bytes is short; undefined when it fits. */
function overBudget(
  needed: number,
  budget: number,
  rows: { index: number; operator: string; bytes: number }[],
): string | undefined {
  if (needed <= budget) return undefined;
  const highest = rows.reduce((max, row) => (row.bytes > max.bytes ? row : max));
  const n = (value: number) => value.toLocaleString("en-US");
  return `arena: ${highest.operator} #${highest.index} needs ${n(needed)} bytes, ${n(budget)} given (${n(needed - budget)} short)`;
}

/** What is known of a backend's arena, or why it is not. */
type Known<Arena> = Arena | { unknown: string };

function show(micro: Known<MicroArena>, tflm: Known<TflmArena>): void {
  const count = Math.max(...[micro, tflm].map((arena) => ("unknown" in arena ? 0 : arena.operators.length)));
  const rows = Array.from({ length: count }, (_, index) => {
    const ours = "unknown" in micro ? undefined : micro.operators[index];
    const theirs = "unknown" in tflm ? undefined : tflm.operators[index];
    return [
      index,
      (ours ?? theirs)!.operator,
      ours?.bytes ?? "?",
      ours?.scratch ?? "?",
      theirs?.activations ?? "?",
      theirs?.persistent ?? "?",
    ];
  });
  if (rows.length > 0)
    process.stdout.write(
      `${formatTable(["#", "operator", "micro", "incl. scratch", "tflm activations", "tflm persistent"], rows)}\n`,
    );
  if ("unknown" in micro) process.stdout.write(`micro: ${printable(micro.unknown)}\n`);
  else process.stdout.write(`micro needs ${micro.needed.toLocaleString("en-US")} bytes\n`);
  if ("unknown" in tflm) process.stdout.write(`tflm: ${printable(tflm.unknown)}\n`);
  else
    process.stdout.write(
      `tflm needs ${tflm.needed.toLocaleString("en-US")} bytes (${tflm.planned.toLocaleString("en-US")} planned, ${tflm.persistent.toLocaleString("en-US")} persistent)\n`,
    );
}

/** The figures of a backend, or its refusal: that of one does not hide the other's figures. */
async function knownOf<Arena extends object>(
  compute: () => Arena | Promise<Arena>,
  refusal: RegExp,
): Promise<Known<Arena>> {
  try {
    return await compute();
  } catch (error) {
    // A compiler that is missing is no refusal.
    if (error instanceof UserError && refusal.test(error.message)) return { unknown: error.message };
    throw error;
  }
}

export default new Command("arena")
  .description(
    "Compute the exact bytes of arena that a model needs on the device, operator by operator, with each backend.",
  )
  .argument("<model>", ".tflite file")
  .option("--budget <bytes>", "size of the node's arena", parseBudget, 49_152)
  .addOption(
    new Option(
      "--backend <name>",
      "backend that must fit into the budget; with TFLM_DIR set, TensorFlow Lite Micro itself is asked whether it takes the model",
    )
      .choices(["micro", "tflm"])
      .default("micro"),
  )
  .option(
    "--plan <file>",
    "write the model with the smallest offline memory plan of whole buffers (OfflineMemoryAllocation), for tflm",
  )
  .addOption(externalInputOption())
  .addOption(forceOption())
  .option("--json", "print the figures as JSON")
  .action(async (file: string, { budget, backend, plan, externalInput, force, json }: Options) => {
    if (plan) await requireReplaceable([{ file: plan, kind: tfliteKind }], { sources: [file], force });
    const { bytes: originalBytes, model: original } = await readModel(file);
    checkExternal(original, externalInput);
    const model = plan ? planModel(original) : original;
    const bytes = plan ? writeTflite(model) : originalBytes;
    if (plan) await writeFileAtomic(plan, bytes);
    const micro = await knownOf(() => microArena(bytes, model, externalInput), /^backend micro: /);
    const tflm = await knownOf(async () => {
      const figures = tflmFigures(model);
      if (backend === "tflm") await askTflm(bytes, figures.needed);
      return figures;
    }, /^/);
    const wanted = backend === "tflm" ? tflm : micro;
    const support = "unknown" in wanted ? await supportOf(bytes, model) : undefined;
    if (support && "unknown" in wanted && !json) {
      show(micro, tflm);
      throw new UserError([`arena: ${wanted.unknown}`, ...supportLines(support)].join("\n"));
    }
    if (json)
      process.stdout.write(
        `${JSON.stringify({ budget, backend, micro, tflm, ...(support && { support }), ...(plan && { plan: { file: plan, written: model !== original } }) })}\n`,
      );
    else show(micro, tflm);
    if (plan && !json)
      process.stdout.write(
        `${plan}: ${model === original ? "without a plan: TensorFlow Lite Micro's own needs no more" : "with the smallest plan of whole buffers"}\n`,
      );
    if ("unknown" in wanted) throw new UserError(wanted.unknown);
    const problem =
      backend === "tflm" && !("unknown" in tflm)
        ? overBudget(
            tflm.needed,
            budget,
            tflm.operators.map(({ index, operator, activations }) => ({ index, operator, bytes: activations })),
          )
        : "unknown" in micro
          ? undefined
          : overBudget(micro.needed, budget, micro.operators);
    if (problem) throw new UserError(problem);
  });
