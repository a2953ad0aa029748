/** Cells of LSTMs as integers: int16 in steps of a power of two, as TensorFlow's converter has them. */
import * as tf from "@tensorflow/tfjs-core";
import { runGraph } from "../graph/execute.js";
import type { Graph, GraphNode } from "../graph/graph.js";
import type { SampleSet } from "../graph/sampleSet.js";
import { lstm, lstmInputs } from "../graph/operators/shared/lstm.js";
import { batchSizeOf } from "./observe.js";

/** Of a step: under the least a cell within 1 would not gain, over the most TensorFlow Lite refuses it. */
const [leastPower, mostPower] = [-15, -9];

/** What covers all of [-largest, largest] in 32768 steps to each side. */
const powerOf = (largest: number): number =>
  Math.max(leastPower, Math.min(mostPower, Math.ceil(Math.log2(largest)) - 15));

/** The graph with the step of each LSTM's cell, measured on samples; the same one where there is none. */
export async function withCellSteps(graph: Graph, samples: SampleSet): Promise<Graph> {
  const layers = graph.nodes.filter(({ op }) => op === "UNIDIRECTIONAL_SEQUENCE_LSTM");
  if (layers.length === 0) return graph;
  const largest = new Map<number, number>();
  const watch = ({ inputs }: GraphNode, sequence: tf.Tensor): void => {
    const cell = inputs[lstmInputs.cell]!;
    const value = (position: number): tf.Tensor => {
      const { shape, data } = graph.tensors[inputs[position]!]!;
      return position === 0 ? sequence : tf.tensor(data!, shape);
    };
    lstm(tf, value, (at) => {
      const [most] = tf.max(tf.abs(at)).dataSync() as Float32Array;
      largest.set(cell, Math.max(largest.get(cell) ?? 0, most!));
    });
  };
  for await (const batch of samples.batches(batchSizeOf(graph)))
    tf.tidy(() => {
      runGraph(graph, batch, {
        release: true,
        output: (index, sequence) => {
          for (const layer of layers) if (layer.inputs[0] === index) tf.tidy(() => watch(layer, sequence));
          return undefined;
        },
      });
    });
  const tensors = graph.tensors.map((tensor, index) =>
    largest.has(index) ? { ...tensor, power: powerOf(largest.get(index)!) } : tensor,
  );
  return { ...graph, tensors };
}
