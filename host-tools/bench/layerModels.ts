/** Networks of one layer of every operator that the engine has, for costs of those that few real models have. */
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { engineOperators, engineRules } from "tfjs-to-tflite/graph/operators/index.js";
import { quantized } from "tfjs-to-tflite/graph/operators/shared/random.js";
import { Random } from "tfjs-to-tflite/graph/random.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";

/** Of the tensor that all layers of a model read: images and a line, small and as large as the operators' generators take. */
const shapes = [
  [1, 6, 6, 8],
  [1, 16, 16, 8],
  [1, 18, 18, 16],
  [1, 1, 40, 24],
  [1, 64],
  [1, 2048],
] as const;

/** A model for each shape: side by side on its one input `each` layers of every operator that takes such a tensor. */
export function layerModels(each = 2): TfliteModel[] {
  return shapes.map((shape, seed) => {
    const random = new Random(seed);
    const model = new ModelBuilder();
    const { scale, zeroPoint } = quantized(random);
    const from = model.int8(shape, scale, zeroPoint);
    for (const operator of engineOperators)
      for (let made = 0, tries = 0; made < each && tries < 10; tries++)
        if (engineRules(operator).random({ model, random, from, pool: [from] }) !== undefined) made++;
    return model.build([from], model.leaves());
  });
}
