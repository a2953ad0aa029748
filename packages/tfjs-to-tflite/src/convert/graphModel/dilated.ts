/** TensorFlow writes a dilated convolution as SpaceToBatchND, a convolution without dilation, and BatchToSpaceND. Here it becomes one again. */
import type { Weight } from "./translate.js";
import { dataReferences, type NodeDef } from "./topology.js";

const convolutions = ["Conv2D", "_FusedConv2D", "DepthwiseConv2dNative", "FusedDepthwiseConv2dNative"];
/** What may stand between the convolution and BatchToSpaceND: it treats every position alike. */
const between = ["BiasAdd", "Relu", "Relu6", "Identity"];

interface Chain {
  space: NodeDef;
  conv: NodeDef;
  batch: NodeDef;
}

/** Each SpaceToBatchND with the convolution that alone reads it, and the BatchToSpaceND behind. */
function chains(nodes: readonly NodeDef[]): Chain[] {
  const readers = new Map<string, NodeDef[]>();
  for (const node of nodes)
    for (const { node: source } of dataReferences(node)) readers.set(source, [...(readers.get(source) ?? []), node]);
  const soleReader = ({ name }: NodeDef): NodeDef | undefined =>
    readers.get(name)?.length === 1 ? readers.get(name)![0] : undefined;
  return nodes.flatMap((space): Chain[] => {
    const conv = space.op === "SpaceToBatchND" ? soleReader(space) : undefined;
    if (!conv || !convolutions.includes(conv.op)) return [];
    let batch = soleReader(conv);
    while (batch && between.includes(batch.op)) batch = soleReader(batch);
    return batch?.op === "BatchToSpaceND" ? [{ space, conv, batch }] : [];
  });
}

/**
 * The nodes with every such chain replaced by a dilated convolution without padding of its own: what is cropped behind it is not padded before it.
 * @param weights gets the paddings, as constants
 */
export function withDilations(nodes: readonly NodeDef[], weights: Map<string, Weight>): NodeDef[] {
  const replaced = new Map<string, NodeDef[]>();
  for (const { space, conv, batch } of chains(nodes)) {
    const numbers = ({ input }: NodeDef, position: number): number[] | undefined => {
      const data = weights.get(input![position]!)?.data;
      return data && Array.from(data);
    };
    const [block, pads, crops] = [numbers(space, 1), numbers(space, 2), numbers(batch, 2)];
    const amounts = pads?.map((amount, i) => amount - (crops?.[i] ?? 0));
    // A window that is cropped more than it is padded is rare; the nodes then stay, and are refused.
    if (block?.length !== 2 || amounts?.length !== 4 || amounts.some((amount) => amount < 0)) continue;
    const name = `${space.name}/paddings`;
    weights.set(name, { shape: [4, 2], data: Int32Array.of(0, 0, ...amounts, 0, 0) });
    const dilations = { list: { i: [1, ...block, 1] } };
    replaced.set(space.name, [
      { name, op: "Const" },
      { name: space.name, op: "Pad", input: [space.input![0]!, name] },
    ]);
    replaced.set(conv.name, [{ ...conv, attr: { ...conv.attr, dilations } }]);
    replaced.set(batch.name, [{ name: batch.name, op: "Identity", input: [batch.input![0]!] }]);
  }
  return nodes.flatMap((node) => replaced.get(node.name) ?? [node]);
}
