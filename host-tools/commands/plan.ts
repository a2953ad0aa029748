import { Command, Option } from "commander";
import { orderChannels } from "../convert/orderChannels.js";
import { checkExternal } from "../inference/externalInputs.js";
import { inputBytes } from "../inference/graph.js";
import { withInt8Ends } from "../inference/int8Ends.js";
import { costOf, fitModel, type FittedModel } from "../inference/pieces.js";
import { writePrepared, writeWithoutTable } from "../inference/prepared.js";
import { withAdvice } from "../inference/advice.js";
import { readModel } from "../inference/readModel.js";
import { UserError } from "../lib/errors.js";
import { tfliteKind } from "../lib/fileKinds.js";
import { writeFileAtomic } from "../lib/files.js";
import { whole } from "../lib/numbers.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { externalInputOption } from "./externalInput.js";

interface Options {
  arena: number;
  out: string;
  io?: "int8";
  externalInput: number[];
  table: boolean;
  force?: boolean;
  json?: boolean;
}

const n = (value: number): string => value.toLocaleString("en-US");

/** What was done, in words. */
function describe({ cuts, needed, model }: FittedModel, uncut: number, external: readonly number[]): string[] {
  const more = (100 * (costOf(model) - uncut)) / uncut;
  return [
    ...cuts.map(
      ({ first, last, stripes }) =>
        `operators ${first} to ${last} in ${stripes} stripes${cuts.length > 1 ? ", numbered as the cuts before left them" : ""}`,
    ),
    cuts.length === 0 ? "whole: it fits as it is" : `about ${more.toFixed(1)} % more to compute`,
    `micro needs ${n(needed)} bytes${external.map((i) => `, input ${i} (${n(inputBytes(model, i))} bytes) outside of them`).join("")}`,
  ];
}

export default new Command("plan")
  .description(
    "Write a model that fits an arena: its operators as they are, or the largest of them in stripes of rows, one after the other. What the micro engine knows before running goes into the file as a table that it uses in place, and the channels between the layers are in the order that suits it. The outputs are the same, byte for byte.",
  )
  .argument("<model>", ".tflite file")
  .requiredOption("--arena <bytes>", "size of the node's arena, with the micro backend", whole(1))
  .requiredOption("-o, --out <file>", "the .tflite to write")
  .addOption(
    new Option(
      "--io <type>",
      "take and give int8 where the model quantizes a float32 input first and dequantizes its output last",
    ).choices(["int8"]),
  )
  .addOption(externalInputOption())
  .option("--no-table", "leave the prepared table out, and an older one")
  .addOption(forceOption())
  .option("--json", "print the figures as JSON")
  .action(async (file: string, { arena, out, io, externalInput, table: withTable, force, json }: Options) => {
    await requireReplaceable([{ file: out, kind: tfliteKind }], { sources: [file], force });
    const { bytes: read, model: original } = await readModel(file);
    const given = io ? withInt8Ends(original) : original;
    const model = withTable ? orderChannels(given) : given;
    checkExternal(model, externalInput);
    const fitted = await fitModel(model, arena, externalInput).catch(async (error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      if (!error.message.startsWith("the model needs"))
        throw new UserError(`${file}: ${await withAdvice(error, original, read)}`, error.exitCode);
      const floats = model.subgraphs[0]!.inputs.some((input) => model.subgraphs[0]!.tensors[input]!.type === "FLOAT32");
      const inside = externalInput.length === 0 ? "; --external-input 0 leaves its input out" : "";
      const hint = floats ? "; --io int8 takes a quarter for its input" : inside;
      throw new UserError(`${file}: ${error.message}${hint}`);
    });
    const { bytes, table } = withTable
      ? await writePrepared(fitted.model)
      : { bytes: writeWithoutTable(fitted.model), table: 0 };
    await writeFileAtomic(out, bytes);
    const { cuts, needed } = fitted;
    const words = [
      ...describe(fitted, costOf(model), externalInput),
      withTable ? `${n(table)} bytes of prepared table` : "without a prepared table",
      out,
    ];
    process.stdout.write(
      json
        ? `${JSON.stringify({ file: out, arena, needed, table, cuts, externalInputs: externalInput })}\n`
        : `${words.join("\n")}\n`,
    );
  });
