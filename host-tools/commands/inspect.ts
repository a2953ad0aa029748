import { Command } from "commander";
import { printable } from "../lib/terminal.js";
import { microArena } from "../inference/index.js";
import { operatorsKind, writeOperators } from "../inference/operators.js";
import { inspect, type InspectedTensor, type Inspection } from "../inference/inspect.js";
import { readModel } from "../inference/readModel.js";
import { UserError } from "../lib/errors.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { formatTable } from "../lib/table.js";

interface Options {
  operators?: string;
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
function show(
  { operators, bytes, description, metadata, macs, weightBytes, inputs, outputs }: Inspection,
  arena: number[] | undefined,
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
  const n = (value: number) => value.toLocaleString("en-US");
  process.stdout.write(
    `${n(bytes)} bytes, ${n(weightBytes)} of them constants; ${n(macs)} MACs${description && `; "${printable(description)}"`}${metadata.length > 0 ? `; metadata ${printable(metadata.join(", "))}` : ""}\n`,
  );
}

async function listOperators(to: string, files: string[], json: boolean): Promise<void> {
  const operators = await writeOperators(to, files);
  process.stdout.write(json ? `${JSON.stringify({ file: to, operators })}\n` : `${to}: ${operators.join(", ")}\n`);
}

export default new Command("inspect")
  .description("Show the graph of a .tflite as a table: shapes, quantization, MACs, bytes, and the arena timeline.")
  .argument("<models...>", ".tflite file; several with --operators")
  .option(
    "--operators <file>",
    "write a manifest that builds in only the operators of these models, for the firmware's manifest to include",
  )
  .addOption(forceOption())
  .option("--json", "print the graph as JSON")
  .action(async (files: string[], { operators, force, json }: Options) => {
    if (operators) {
      await requireReplaceable([{ file: operators, kind: operatorsKind }], { sources: files, force });
      return listOperators(operators, files, json ?? false);
    }
    const [file, ...more] = files as [string, ...string[]];
    if (more.length > 0) throw new UserError(`${files.length} models given, 1 expected (--operators takes several)`);
    const { bytes, model } = await readModel(file);
    const inspection = inspect(model, bytes.length);
    // A float model, or one with other operators, has no arena on the device; the rest of the table is still valid.
    const micro = await microArena(bytes, model).catch((error: unknown) => {
      if (error instanceof UserError && error.message.startsWith("backend micro:")) return undefined;
      throw error;
    });
    if (json)
      process.stdout.write(
        `${JSON.stringify({ ...inspection, arena: micro && { needed: micro.needed, operators: micro.operators.map(({ bytes: now }) => now) } })}\n`,
      );
    else
      show(
        inspection,
        micro?.operators.map(({ bytes: now }) => now),
      );
  });
