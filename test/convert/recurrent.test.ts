/** Recurrent layers with several outputs, states that go in, and masks that some layer does not hand on: in floats, against tfjs. */
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { convertModel } from "../../host-tools/convert/index.js";
import { sameNumbers } from "./agreement.js";
import { startPlainBackend } from "./backend.js";
import { chanceOf, makeLayer, randomizeWeights } from "./randomModels.js";
import { predict, run } from "./run.js";

test.before(startPlainBackend);

type Symbolic = tfl.SymbolicTensor;
const { layers } = tfl;
const shape = [6, 5];

// Orthogonal weights take long to make, and are replaced.
const recurrent = { units: 4, recurrentInitializer: "zeros" } as const;
const make = {
  LSTM: (options: object) => layers.lstm({ ...recurrent, ...options }),
  GRU: (options: object) => makeLayer("GRU", { ...recurrent, resetAfter: true, ...options }),
} as const;
const states = { LSTM: 2, GRU: 1 } as const;

const both = (kind: keyof typeof make, options: object, mergeMode: "concat" | null): tfl.layers.Layer =>
  layers.bidirectional({ layer: make[kind](options) as tfl.RNN, mergeMode: mergeMode! });

/** Steps of zeros at the end, in between and everywhere; other inputs without. */
function padded(model: tfl.LayersModel): tf.Tensor[] {
  const chance = chanceOf(7);
  const skipped = [[], [4, 5], [0, 2, 3], [0, 1, 2, 3, 4, 5]];
  return model.inputs.map(({ shape: [, ...sizes] }, which) => {
    const [steps = 1, width = 1] = sizes as number[];
    const data = skipped.map((zeros) =>
      Array.from({ length: steps * width }, (_, i) =>
        which === 0 && zeros.includes(Math.floor(i / width)) ? 0 : chance.normal(),
      ),
    );
    return tf.tensor(data.flat(), [skipped.length, ...(sizes as number[])]);
  });
}

function chain(...stack: (() => tfl.layers.Layer)[]): () => tfl.LayersModel {
  return () => {
    const inputs = tfl.input({ shape });
    return tfl.model({ inputs, outputs: stack.reduce((at, layer) => layer().apply(at) as Symbolic, inputs) });
  };
}

const each = (["LSTM", "GRU"] as const).flatMap((kind): [string, () => tfl.LayersModel][] => [
  [
    `Bidirectional ${kind}, not merged`,
    () => {
      const inputs = tfl.input({ shape });
      const masked = layers.masking().apply(inputs);
      return tfl.model({ inputs, outputs: both(kind, { returnSequences: true }, null).apply(masked) as Symbolic[] });
    },
  ],
  [
    `Bidirectional ${kind}, its states`,
    () => {
      const inputs = tfl.input({ shape });
      return tfl.model({ inputs, outputs: both(kind, { returnState: true }, "concat").apply(inputs) as Symbolic[] });
    },
  ],
  [
    `Bidirectional ${kind}, given states`,
    () => {
      const sequence = tfl.input({ shape });
      const first = Array.from({ length: 2 * states[kind] }, () => tfl.input({ shape: [4] }));
      const outputs = both(kind, {}, "concat").apply([sequence, ...first]) as Symbolic;
      return tfl.model({ inputs: [sequence, ...first], outputs });
    },
  ],
  [
    `Bidirectional ${kind}, backwards first`,
    chain(() => both(kind, { returnSequences: true, goBackwards: true }, "concat")),
  ],
  // tfjs would go on with a mask that is no longer there.
  [
    `${kind} behind a layer that hands on no mask`,
    chain(
      () => layers.masking(),
      () => layers.conv1d({ filters: 3, kernelSize: 3, padding: "same" }),
      () => make[kind]({}),
    ),
  ],
  [
    `${kind} behind one that gives the last step alone`,
    chain(
      () => layers.masking(),
      () => make[kind]({}),
      () => layers.repeatVector({ n: 3 }),
      () => make[kind]({ returnSequences: true }),
    ),
  ],
  [
    `${kind} of a sequence that is not masked, beside one that is`,
    () => {
      const inputs = [tfl.input({ shape }), tfl.input({ shape })] as const;
      const masked = make[kind]({}).apply(layers.masking().apply(inputs[0])) as Symbolic;
      const outputs = layers.add().apply([masked, make[kind]({}).apply(inputs[1]) as Symbolic]) as Symbolic;
      return tfl.model({ inputs: [...inputs], outputs });
    },
  ],
]);

for (const [title, build] of each)
  test(title, async (t) => {
    const model = build();
    randomizeWeights(model, chanceOf(11));
    const inputs = padded(model);
    const truth = predict(model, inputs);
    const conversion = await convertModel(model, { mode: "float", name: "recurrent" });
    const given = await run(conversion, inputs, { backend: "tflite" });
    t.is(given.length, truth.length);
    truth.forEach((output, i) => sameNumbers(t, given[i]!, output.dataSync(), `output ${i}`));
  });

test("a layer skips the steps that its own input masks, as in Keras", (t) => {
  const model = chain(
    () => layers.masking(),
    () => layers.conv1d({ filters: 3, kernelSize: 1 }),
    () => make.LSTM({ name: "memory" }),
  )();
  randomizeWeights(model, chanceOf(11));
  const inputs = padded(model);
  const [, , conv, memory] = model.layers;
  const unmasked = tf.tidy(() => memory!.apply(conv!.apply(inputs[0]!)) as tf.Tensor);
  sameNumbers(t, [...predict(model, inputs)[0]!.dataSync()], unmasked.dataSync(), "layer by layer");
});
