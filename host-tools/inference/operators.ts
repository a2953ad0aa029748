/** Which operators a firmware builds in: a manifest fragment made from the models that it will run. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { jsonKind } from "../lib/fileKinds.js";
import { writeFileAtomic } from "../lib/files.js";
import { engineOperators } from "../graph/operators/index.js";
import type { TfliteModel } from "../tflite/index.js";
import { tflmParser } from "../graph/tflmOperators.js";
import { allSubgraphs, operatorNames } from "./graph.js";
import { readModel } from "./readModel.js";

/** The backend that a list of operators is for. */
export type OperatorsFor = "micro" | "tflm";

/**
 * The operators that models use, each once, in the alphabet's order.
 * @throws UserError naming model and operator when the backend does not have one
 */
export function usedOperators(
  models: readonly { file: string; model: TfliteModel }[],
  backend: OperatorsFor = "micro",
): string[] {
  const known: readonly string[] = backend === "tflm" ? [...tflmParser.keys()] : engineOperators;
  const used = models.flatMap(({ file, model }) =>
    allSubgraphs(model).flatMap((graph) => {
      const names = operatorNames(model, graph);
      const unknown = names.findIndex((name) => !known.includes(name));
      if (unknown >= 0)
        throw new UserError(
          `${file}: ${names[unknown]} #${unknown} is not an operator of ${backend === "tflm" ? "TensorFlow Lite Micro" : "the engine"}, which has ${known.join(", ")}`,
        );
      return names;
    }),
  );
  return [...new Set(used)].sort();
}

/** The value of INFERENCE_OPERATORS for the compiler. */
export const operatorsDefine = (operators: readonly string[]): string =>
  operators.map((name) => `OPERATOR(${name})`).join(" ");

/** A manifest to include: mcconfig, and our own builder, make MODDEF_INFERENCE_OPERATORS of it (native/inference/inferenceOptions.h). */
export const operatorsManifest = (operators: readonly string[]): string =>
  `${JSON.stringify({ defines: { inference: { operators: operatorsDefine(operators) } } }, null, "\t")}\n`;

export const operatorsKind = jsonKind(
  "a list of operators",
  (value) =>
    Object.keys(value).join() === "defines" &&
    typeof (value["defines"] as { inference?: { operators?: unknown } } | null)?.inference?.operators === "string",
);

/** Writes the manifest fragment for what all of the models use. @returns the operators. @throws UserError, and nothing is written */
export async function writeOperators(
  file: string,
  models: readonly string[],
  backend: OperatorsFor = "micro",
): Promise<string[]> {
  const read = await Promise.all(models.map(async (model) => ({ file: model, ...(await readModel(model)) })));
  const operators = usedOperators(read, backend);
  await writeFileAtomic(file, operatorsManifest(operators));
  return operators;
}

/** In the folder of a firmware's network: the list that its manifest includes. */
export const operatorsName = "operators.json";

/**
 * Keeps the firmware's list that of its network.
 * @param folder of model.tflite and operators.json
 * @returns the operators when the list was another one, undefined when it was right
 * @throws UserError when the network has an operator that the engine does not have
 */
export async function updateFirmwareOperators(folder: string): Promise<string[] | undefined> {
  const file = path.join(folder, "model.tflite");
  const list = path.join(folder, operatorsName);
  const operators = usedOperators([{ file, ...(await readModel(file)) }]);
  const before = await readFile(list, "utf8").catch(() => "");
  if (before === operatorsManifest(operators)) return undefined;
  await writeFileAtomic(list, operatorsManifest(operators));
  return operators;
}
