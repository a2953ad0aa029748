/** Which operators a firmware builds in: a manifest fragment made from the models that it will run. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { jsonKind } from "../lib/fileKinds.js";
import { writeFileAtomic } from "../lib/files.js";
import { descriptorOf, engineOperators } from "tfjs-to-tflite/graph/operators/index.js";
import type { TfliteModel, TfliteOperator } from "tfjs-to-tflite/tflite/index.js";
import { tflmCustom, tflmParser } from "tfjs-to-tflite/graph/tflmOperators.js";
import { allSubgraphs, operatorNames } from "./graph.js";
import { customName } from "./places.js";
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
  const known: readonly string[] = backend === "tflm" ? [...tflmParser.keys(), ...tflmCustom.keys()] : engineOperators;
  const used = models.flatMap(({ file, model }) =>
    allSubgraphs(model).flatMap((graph) => {
      // A list has a custom operator's own name.
      const names = operatorNames(model, graph).map((name) => customName(name) ?? name);
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

/** The types that micro has only in some builds, and the input or output that would be of it. */
const optional = [
  ["int16", "INT16", ({ inputs, outputs }: TfliteOperator) => [inputs[0], outputs[0]]],
  ["int4", "INT4", ({ inputs }: TfliteOperator) => [inputs[1]]],
] as const;
type OptionalType = (typeof optional)[number][0];

/** Those of them that an operator of these models computes with. */
export const optionalTypes = (models: readonly TfliteModel[]): OptionalType[] =>
  optional.flatMap(([type, ofTensor, tensors]) => {
    const isUsed = models.some((model) =>
      allSubgraphs(model).some((graph) =>
        operatorNames(model, graph).some((name, index) => {
          const engine = descriptorOf(name)?.engine;
          const which = tensors(graph.operators[index]!);
          return (
            typeof engine === "object" &&
            engine.types.includes(type) &&
            which.some((tensor) => graph.tensors[tensor ?? -1]?.type === ofTensor)
          );
        }),
      ),
    );
    return isUsed ? [type] : [];
  });

/** What the compiler must define for them in a build by a list of operators. */
export const typesDefines = (types: readonly OptionalType[]): string[] =>
  types.map((type) => `INFERENCE_${type.toUpperCase()}=1`);

/** The value of INFERENCE_OPERATORS for the compiler. */
export const operatorsDefine = (operators: readonly string[]): string =>
  operators.map((name) => `OPERATOR(${name})`).join(" ");

/** What else a build with a list of operators has, each of which takes code as operators do. */
interface Features {
  types?: readonly OptionalType[];
  /** Inputs may be outside of the arena. */
  external?: boolean;
}

/** A manifest to include: mcconfig, and our own builder, make MODDEF_INFERENCE_OPERATORS of it (native/inference/inferenceOptions.h). */
export function operatorsManifest(operators: readonly string[], { types = [], external }: Features = {}): string {
  const inference = {
    operators: operatorsDefine(operators),
    ...Object.fromEntries(types.map((type) => [type, 1])),
    ...(external && { external: 1 }),
  };
  return `${JSON.stringify({ defines: { inference } }, null, "\t")}\n`;
}

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
  external = false,
): Promise<string[]> {
  const read = await Promise.all(models.map(async (model) => ({ file: model, ...(await readModel(model)) })));
  const operators = usedOperators(read, backend);
  const types = backend === "micro" ? optionalTypes(read.map(({ model }) => model)) : [];
  await writeFileAtomic(file, operatorsManifest(operators, { types, external }));
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
  const { model } = await readModel(file);
  const operators = usedOperators([{ file, model }]);
  const before = await readFile(list, "utf8").catch(() => "");
  const manifest = operatorsManifest(operators, {
    types: optionalTypes([model]),
    external: before.includes(`"external": 1`),
  });
  if (before === manifest) return undefined;
  await writeFileAtomic(list, manifest);
  return operators;
}
