/** What stands in C and in the docs about the operators, from their descriptors. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Descriptor, GraphRules, QuantizationRule } from "tfjs-to-tflite/graph/operators/descriptor.js";
import {
  builtins,
  engineOperators,
  engineRules,
  operators,
  tflmRules,
  type Builtin,
} from "tfjs-to-tflite/graph/operators/index.js";
import { folds } from "tfjs-to-tflite/convert/graphModel/fold.js";
import { opTable } from "tfjs-to-tflite/convert/graphModel/index.js";
import { tflmCustom, tflmInputs, tflmParser, wantsCustomOptions } from "tfjs-to-tflite/graph/tflmOperators.js";
import { measuredLayersTable, measuredOpsTable, refusedLayersTable } from "./layers.js";
import { publicModelsTable } from "./publicModels.js";
import { modelRows, tflmHeads } from "../bench/pageTflm.js";
import { loamRoot } from "../lib/paths.js";

const head = `/* Made by \`npm run generate\` from packages/tfjs-to-tflite/src/graph/operators. Changes made here are lost. */
/* clang-format off */
`;

/** native/inference/micro/microOperatorList.h */
export function operatorList(): string {
  const union = ({ options }: Descriptor): number => (options === "none" ? 0 : options.union);
  const lines = (each: (name: Builtin) => string): string => engineOperators.map(each).join(" \\\n");
  return `${head}#ifndef LOAM_MICRO_OPERATOR_LIST_H
#define LOAM_MICRO_OPERATOR_LIST_H

/* All operators that the engine has. */
#define INFERENCE_ALL_OPERATORS \\
${lines((name) => `\tOPERATOR(${name})`)}

/* Their numbers in the schema's BuiltinOperator, and those of their options in BuiltinOptions (0: none). */
enum {
${engineOperators.map((name) => `\tbuiltin${name} = ${operators[name].code},\n\toptionsOf${name} = ${union(operators[name])},`).join("\n")}
};

#endif
`;
}

/** native/inference/tflm/tflmParsers.h */
export function tflmParsers(): string {
  const kernels = [
    ...[...tflmParser.keys()].map((name) => `#define kernelOf${name} Register_${name}`),
    ...[...tflmCustom].map(([name, register]) => `#define kernelOf${name} ${register}`),
  ];
  const parsers = [
    ...[...tflmParser].map(([name, parser]) => `#define parserOf${name} ${parser}`),
    ...[...tflmCustom.keys()].map((name) => `#define parserOf${name} nullptr`),
  ];
  const isVariadic = (name: string) => tflmInputs(name, 32).length === 32;
  const bits = (name: string) =>
    isVariadic(name)
      ? "0xFFFFFFFF"
      : `0x${tflmInputs(name, 0)
          .reduce((sum, input) => sum | (1 << input), 0)
          .toString(16)}`;
  const inputs = [
    ...[...tflmParser.keys()].map((name) => `#define inputsOf${name} ${bits(name)}`),
    ...[...tflmCustom.keys()].map((name) => `#define inputsOf${name} 0`),
  ];
  const listed = (names: Iterable<string>) => [...names].map((name) => `\tOPERATOR(${name})`).join(" \\\n");
  const inPlace = engineOperators.filter((name) => tflmRules(name)?.inPlace);
  return `${head}#ifndef LOAM_TFLM_PARSERS_H
#define LOAM_TFLM_PARSERS_H

/* Who parses an operator's options, of the functions in TensorFlow Lite's flatbuffer_conversions.h. */
${parsers.join("\n")}

/* Who gives an operator's kernel, in namespace tflite. */
${kernels.join("\n")}

/* The inputs without which a kernel refuses an operator or reads at address 0, as bits; 0xFFFFFFFF: all that are named, and one. */
${inputs.join("\n")}

/* All operators that TensorFlow Lite Micro has. */
#define TFLM_ALL_OPERATORS \\
${listed(tflmParser.keys())}

/* Its custom ones. */
#define TFLM_CUSTOM_OPERATORS \\
${listed(tflmCustom.keys())}

/* Those that read their options wherever they are. */
#define operatorsWithCustomOptions(each) ${[...tflmCustom.keys()]
    .filter(wantsCustomOptions)
    .map((name) => `each(${name})`)
    .join(" ")}

${[...tflmCustom.keys()].map((name) => `#define BuiltinOperator_${name} BuiltinOperator_CUSTOM`).join("\n")}

/* Operators that move nothing: their output may lie where their first input does. */
#define operatorsInPlace(each) ${inPlace.map((name) => `each(${name})`).join(" ")}

#endif
`;
}

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(heads), row(heads.map(() => "---")), ...rows.map(row)].join("\n");

const sorted = builtins.toSorted();

/** Operators without a descriptor. */
const tflmAlone = (): string =>
  `Only tflm has: ${[...tflmParser.keys()].filter((name) => !(builtins as readonly string[]).includes(name)).join(", ")}; and custom ones: ${[...tflmCustom.keys()].join(", ")}.`;

const supportTable = (): string =>
  table(
    ["operator", "`loam convert` writes it", "micro", "tflm"],
    sorted.map((name) => {
      const { graph, engine } = operators[name];
      const has = typeof engine === "object" ? engine.types.join(", ") : "no";
      const writes = graph === "read only" ? "no" : name === "DEQUANTIZE" ? "around float32" : "yes";
      return [name, writes, has, tflmParser.has(name) ? "yes" : "no"];
    }),
  );

/** Operators that differ in the same way share a row. */
function desktopTable(): string {
  const names = new Map<string, Builtin[]>();
  for (const name of engineOperators) {
    const { desktop } = engineRules(name);
    if (desktop !== "the same") names.set(desktop, [...(names.get(desktop) ?? []), name]);
  }
  return table(
    ["operator", "desktop TensorFlow Lite"],
    [...names].map(([what, who]) => [who.join(", "), what]),
  );
}

function quantizationText(rule: QuantizationRule): string {
  switch (rule.kind) {
    case "free":
      return "a range of its own";
    case "same":
      return "that of its inputs";
    case "table":
      return "that of its table";
    case "float":
      return "none: float32 (`--mixed`)";
    case "fixed":
      return `fixed: scale 1/${1 / rule.scale}, zero point ${rule.zeroPoint}`;
    case "gates":
      return "a range of its own; weights: one scale for each gate's; its cell: int16 in steps of a power of two";
    case "weighted":
      return `a range of its own; weights: ${rule.perTensor ? "one scale" : "one scale per channel"}`;
  }
}

function layersTable(): string {
  const written = sorted.flatMap((name): [Builtin, GraphRules][] => {
    const { graph } = operators[name];
    return typeof graph === "object" ? [[name, graph]] : [];
  });
  return table(
    ["operator", "int8 quantization of its output", "from the layers"],
    written.map(([name, { quantization, layers }]) => [
      name,
      quantizationText(quantization),
      Object.keys(layers).join(", ") || "-",
    ]),
  );
}

const graphOps = (): string =>
  `Of constants alone also: ${Object.keys(folds)
    .filter((op) => !Object.hasOwn(opTable, op))
    .toSorted()
    .join(", ")}; and Shape, Size and Rank of anything.`;

/** A page of the docs with what is between its markers made anew. @throws Error when a marker is missing */
async function page(file: string, parts: Readonly<Record<string, () => string>>): Promise<string> {
  let text = await readFile(path.join(loamRoot, file), "utf8");
  for (const [name, make] of Object.entries(parts)) {
    const [from, to] = [`<!-- generated: ${name} -->\n`, "<!-- end of generated -->"];
    const start = text.indexOf(from);
    const end = text.indexOf(to, start);
    if (start < 0 || end < 0)
      throw new Error(`${file}: the markers "${from.trim()}" and "${to}" are expected around a table`);
    text = `${text.slice(0, start + from.length)}${make()}\n${text.slice(end)}`;
  }
  return text;
}

/** Of MLPerf Tiny's models, as they were measured for the page of benchmarks. */
async function arenaTable(): Promise<string> {
  const rows = modelRows(await readFile(path.join(loamRoot, "docs/benchmarks.md"), "utf8"));
  const arenas = ["kws", "ic", "vww"].map((name) => {
    const found = rows.find(({ model }) => model?.startsWith(`${name}: `));
    if (!found) throw new Error(`docs/benchmarks.md: a row of ${name} is expected in the table of models`);
    return [found["model"]!, found["micro arena"]!.replaceAll("*", ""), found[tflmHeads.arena]!];
  });
  return table(["arena of MLPerf Tiny's models, bytes on RV32IMC", "micro", "tflm"], arenas);
}

export async function backendsPage(): Promise<string> {
  const arenas = await arenaTable();
  return page("docs/backends.md", {
    arenas: () => arenas,
    operators: () => `${supportTable()}\n\n${tflmAlone()}`,
    "desktop differences": desktopTable,
  });
}
export async function convertPage(): Promise<string> {
  const [models, layers, ops] = await Promise.all([publicModelsTable(), measuredLayersTable(), measuredOpsTable()]);
  return page("docs/convert.md", {
    operators: layersTable,
    layers: () => layers,
    "refused layers": refusedLayersTable,
    "graph ops": () => `${ops}\n\n${graphOps()}`,
    "public models": () => models,
  });
}
