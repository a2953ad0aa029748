import { Command, Option } from "commander";
import { printable } from "../lib/terminal.js";
import { checkExternal } from "../inference/externalInputs.js";
import { microArena } from "../inference/index.js";
import { supportOf, supportLines } from "../inference/support.js";
import { operatorsKind, writeOperators, type OperatorsFor } from "../inference/operators.js";
import { inspect, type InspectedTensor, type Inspection } from "../inference/inspect.js";
import { readModel } from "../inference/readModel.js";
import { UserError } from "../lib/errors.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { formatTable } from "../lib/table.js";
import { externalInputOption } from "./externalInput.js";

interface Options {
  operators?: string;
  backend: OperatorsFor;
  externalInput: number[];
  force?: boolean;
  json?: boolean;
}

const barWidth = 24;

const shapes = (tensors: InspectedTensor[]): string =>
  tensors.map(({ shape }) => shape.join("x") || "scalar").join(", ");

function quantization({ type, quantization: params }: InspectedTensor): string {
  if (!params) return type;
  const zero = params.zeroPoint < 0 ? `${params.zeroPoint}` : `+${params.zeroPoint}`;
  return `${type} ${params.scale.toPrecision(5)} ${zero}${params.scales > 1 ? ` (${params.scales} along ${params.dimension})` : ""}`;
}

/** @param arena bytes per operator on micro, when it runs there */
function showGraph(
  { operators, inputs, outputs }: Inspection["subgraphs"][number] | Inspection,
  arena?: number[],
): void {
  const max = Math.max(1, ...(arena ?? operators.map(({ liveBytes }) => liveBytes)));
  const rows = operators.map((row) => {
    const now = arena?.[row.index] ?? row.liveBytes;
    return [
      row.index,
      row.operator,
      shapes(row.inputs),
      shapes(row.outputs),
      row.outputs.map(quantization).join(", "),
      row.macs,
      row.weightBytes,
      now,
      "#".repeat(Math.ceil((barWidth * now) / max)),
    ];
  });
  process.stdout.write(
    `${formatTable(["#", "operator", "input", "output", "type, scale, zero point", "MACs", "weights", arena ? "arena" : "live bytes", "arena timeline"], rows)}\n`,
  );
  for (const [what, tensors] of [
    ["input", inputs],
    ["output", outputs],
  ] as const)
    for (const tensor of tensors)
      process.stdout.write(`${what} "${printable(tensor.name)}" ${shapes([tensor])} ${quantization(tensor)}\n`);
}

function show(inspection: Inspection, arena: number[] | undefined): void {
  const { bytes, description, metadata, macs, weightBytes, subgraphs } = inspection;
  showGraph(inspection, arena);
  for (const [index, graph] of subgraphs.entries()) {
    process.stdout.write(`subgraph ${index + 1} "${printable(graph.name)}"\n`);
    showGraph(graph);
  }
  const n = (value: number) => value.toLocaleString("en-US");
  process.stdout.write(
    `${n(bytes)} bytes, ${n(weightBytes)} of them constants; ${n(macs)} MACs${description && `; "${printable(description)}"`}${metadata.length > 0 ? `; metadata ${printable(metadata.join(", "))}` : ""}\n`,
  );
}

async function listOperators(
  to: string,
  files: string[],
  { backend, externalInput, json }: Pick<Options, "backend" | "externalInput" | "json">,
): Promise<void> {
  const external = externalInput.length > 0;
  const operators = await writeOperators(to, files, backend, external);
  const words = [...operators, ...(external ? ["inputs outside of the arena"] : [])];
  process.stdout.write(
    json ? `${JSON.stringify({ file: to, operators, external })}\n` : `${to}: ${words.join(", ")}\n`,
  );
}

export default new Command("inspect")
  .description("Show the graph of a .tflite as a table: shapes, quantization, MACs, bytes, and the arena timeline.")
  .argument("<models...>", ".tflite file; several with --operators")
  .option(
    "--operators <file>",
    "write a manifest that builds in only the operators of these models, for the firmware's manifest to include",
  )
  .addOption(
    new Option("--backend <name>", "with --operators: the backend of the firmware")
      .choices(["micro", "tflm"])
      .default("micro"),
  )
  .addOption(externalInputOption())
  .addOption(forceOption())
  .option("--json", "print the graph as JSON")
  .action(async (files: string[], { operators, backend, externalInput, force, json }: Options) => {
    if (operators) {
      await requireReplaceable([{ file: operators, kind: operatorsKind }], { sources: files, force });
      return listOperators(operators, files, { backend, externalInput, ...(json && { json }) });
    }
    const [file, ...more] = files as [string, ...string[]];
    if (more.length > 0) throw new UserError(`${files.length} models given, 1 expected (--operators takes several)`);
    const { bytes, model } = await readModel(file);
    checkExternal(model, externalInput);
    const inspection = inspect(model, bytes.length);
    const support = await supportOf(bytes, model);
    // A float model, or one with other operators, has no arena on the device; the rest of the table is still valid.
    const micro = support.micro.length === 0 ? await microArena(bytes, model, externalInput) : undefined;
    if (json)
      process.stdout.write(
        `${JSON.stringify({ ...inspection, support, arena: micro && { needed: micro.needed, operators: micro.operators.map(({ bytes: now }) => now) } })}\n`,
      );
    else {
      show(
        inspection,
        micro?.operators.map(({ bytes: now }) => now),
      );
      for (const line of supportLines(support)) process.stdout.write(`${printable(line)}\n`);
    }
  });
