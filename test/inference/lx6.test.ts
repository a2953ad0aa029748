// Slow: random layers on an emulated board
/** The kernels for the ESP32's multiplier, against the portable ones. */
import { runModel } from "../../host-tools/board/index.js";
import { engineRules } from "tfjs-to-tflite/graph/operators/index.js";
import { quantized } from "tfjs-to-tflite/graph/operators/shared/random.js";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { Random } from "tfjs-to-tflite/graph/random.js";
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { boards, needs } from "../helpers/needs.js";

const kinds = ["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "ADD"] as const;
type Kind = (typeof kinds)[number];

const sizes = [1, 2, 3, 5, 8, 13];
const channels = [1, 2, 3, 4, 8, 12, 16, 32, 50];
const lines = [1, 2, 3, 4, 7, 10, 64, 129, 300];

/** Layers in pairs, of which the second may overlap its input in the arena. */
function randomLayers(kind: Kind, seed: number, pairs: number) {
  const random = new Random(seed);
  const model = new ModelBuilder();
  const inputs: number[] = [],
    outputs: number[] = [],
    bytes: Int8Array[] = [];
  while (outputs.length < pairs) {
    const shape =
      kind === "FULLY_CONNECTED"
        ? [random.int(1, 3), random.pick(lines)]
        : [random.chance(0.9) ? 1 : 2, random.pick(sizes), random.pick(sizes), random.pick(channels)];
    const { scale, zeroPoint } = quantized(random);
    const from = model.int8(shape, scale, random.chance(0.3) ? -128 : zeroPoint);
    const rules = engineRules(kind);
    const middle = rules.random({ model, random, from, pool: [from] });
    if (middle === undefined) continue;
    inputs.push(from);
    bytes.push(random.int8s(sizeOf(shape)));
    outputs.push(rules.random({ model, random, from: middle, pool: [middle] }) ?? middle);
  }
  return {
    model: writeTflite(model.build(inputs, outputs)),
    input: Buffer.concat(bytes.map((each) => new Uint8Array(each.buffer))),
  };
}

for (const kind of kinds)
  needs(boards.lx6)(`${kind}: random layers on LX6's multiplier have the bytes of the portable kernels`, async (t) => {
    t.timeout(300_000);
    const runs = Number(process.env["LOAM_LX6_RUNS"] ?? 6);
    for (let seed = 0; seed < runs; seed++) {
      const { model, input } = randomLayers(kind, seed, 20);
      const options = { arena: 1 << 20, trace: true };
      const [here, there] = [
        await runModel(model, [input], options),
        await runModel(model, [input], { ...options, target: "lx6" }),
      ];
      t.is(here.error, undefined);
      const bytes = ({ operators }: (typeof here.runs)[number]) => operators.map(({ index, hash }) => [index, hash]);
      t.deepEqual(there.runs.map(bytes), here.runs.map(bytes), `seed ${seed}`);
      t.deepEqual(there.runs[0]!.outputs, here.runs[0]!.outputs, `seed ${seed}`);
    }
  });
