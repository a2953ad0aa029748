/** Parts of a tensor by their places. */
import { sizeOf } from "../../../graph/graph.js";
import { constantIntegers, fromFirst, isConstant, refuseNode, shapeOf, type Place, type TranslateOp } from "./types.js";

/** Places in equal steps forwards, which one slice gives. */
interface Run {
  begin: number;
  stride: number;
  count: number;
}

/** More of them make more operators than the step is worth. */
const mostRuns = 64;

function runsOf(places: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const place of places) {
    const run = runs.at(-1);
    const step = run && place - (run.begin + (run.count - 1) * run.stride);
    if (run && step! > 0 && (run.count === 1 || step === run.stride)) {
      run.stride = step!;
      run.count++;
    } else runs.push({ begin: place, stride: 1, count: 1 });
  }
  return runs;
}

/** Of a computed tensor what stands at constant places: slices, side by side. */
function atPlaces(place: Place, axis: number): number {
  const { builder } = place;
  const shape = shapeOf(place);
  const places = constantIntegers(place, 1, "indices");
  const wrong = places.find((at) => at < 0 || at >= shape[axis]!);
  if (wrong !== undefined)
    refuseNode(place, `index ${wrong} is outside of ${shape[axis]} elements`, "indices from 0 to one less");
  const runs = runsOf(places);
  if (runs.length > mostRuns)
    refuseNode(
      place,
      `its indices are ${runs.length} runs of equal steps, which is an operator for each`,
      `an order of at most ${mostRuns} runs`,
    );
  const [outer, inner] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];
  const rows = builder.reshape(place.inputs[0]!, [outer, shape[axis]!, inner]);
  const parts = runs.map(({ begin, stride, count }) =>
    builder.slice(rows, [0, begin, 0], [outer, begin + (count - 1) * stride + 1, inner], [1, stride, 1]),
  );
  const joined = parts.length > 1 ? builder.concatenate(parts, 1) : parts[0]!;
  return builder.reshape(joined, shape.toSpliced(axis, 1, ...shapeOf(place, 1)));
}

/** Rows of a constant table by numbers that are an input of the model: int32 in the file. */
function rowsOfTable(place: Place): number {
  const { builder, inputs } = place;
  const { graph } = builder;
  const [table, numbers] = inputs as [number, number];
  const { shape, data } = graph.tensors[table]!;
  const [rows, ...rest] = shape as [number, ...number[]];
  const given = graph.tensors[numbers]!;
  graph.tensors[numbers] = { ...given, type: "INT32", below: Math.min(rows, given.below ?? rows) };
  const constant = builder.constant("table", [rows, sizeOf(rest)], Float32Array.from(data!));
  return builder.reshape(builder.rows(constant, numbers), [...given.shape, ...rest]);
}

const gather: TranslateOp = (place) => {
  const { attributes, builder, inputs } = place;
  const axes = inputs.length > 2 ? constantIntegers(place, 2, "axis") : [0];
  const [axis] = fromFirst(axes, shapeOf(place).length) as [number];
  if (attributes.number("batch_dims") !== 0)
    refuseNode(place, "its indices are others in each row (batch_dims)", "a Gather with batch_dims 0");
  if (isConstant(place, 1)) return atPlaces(place, axis);
  if (!isConstant(place, 0) || axis !== 0 || !builder.graph.inputs.includes(inputs[1]!))
    refuseNode(
      place,
      "its indices are computed from the model's inputs",
      "constant indices, or rows of a constant table by numbers that are an input of the model",
    );
  return rowsOfTable(place);
};

export const gatherOps = { Gather: gather, GatherV2: gather } satisfies Record<string, TranslateOp>;
