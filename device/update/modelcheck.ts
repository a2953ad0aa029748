import Inference from "inference";
import { PackageError } from "../codec/update.js";
import type { NodeConfig } from "../config.js";
import { errorText } from "../errortext.js";
import { featureLayout } from "../features/layout.js";
import type { ModelSections } from "./check.js";
import { isNamed, Normalizer, requireNames } from "../normalizer.js";

/**
 * Whether the node can run a network, and does it as the maker's machine: the engine's validator, the arena, names of classes and features, test
 * vectors. It takes an arena's memory. @throws PackageError
 */
export function checkModel({ model, normalizer, vectors }: ModelSections, description: NodeConfig): void {
  const names = { classes: description.classes, features: featureLayout(description).names };
  // First: a network of another node is refused by its names, whatever its size.
  try {
    if (!isNamed(normalizer)) throw new RangeError("normalizer.bin has no names: it is of an older version");
    requireNames(normalizer, names);
  } catch (error) {
    throw new PackageError("other names", errorText(error));
  }
  let inference: Inference;
  try {
    inference = new Inference({ model, arena: description.model.arenaBytes });
  } catch (error) {
    const reason =
      error instanceof RangeError || errorText(error).includes("no memory") ? "arena too small" : "model refused";
    throw new PackageError(reason, errorText(error));
  }
  try {
    if (inference.inputCount !== 1 || inference.outputCount !== 1)
      throw new PackageError(
        "model refused",
        `it has ${inference.inputCount} inputs and ${inference.outputCount} outputs, one of each expected`,
      );
    const input = inference.input(0);
    const output = inference.output(0);
    const size = description.window.frames * names.features.length;
    if (input.type !== "int8" || input.data.length !== size)
      throw new PackageError(
        "model refused",
        `its input is ${input.type} of ${input.data.length}, int8 of ${size} expected`,
      );
    if (output.type !== "int8" || output.data.length !== names.classes.length)
      throw new PackageError(
        "model refused",
        `its output is ${output.type} of ${output.data.length}, int8 of ${names.classes.length} expected`,
      );
    try {
      new Normalizer(normalizer.slice().buffer, names.features.length, input);
    } catch (error) {
      throw new PackageError("model refused", errorText(error));
    }
    const each = input.data.length + output.data.length;
    const count = vectors[0] ?? 0;
    if (count === 0 || vectors.length !== 1 + count * each)
      throw new PackageError("malformed", `${count} test vectors in ${vectors.length} bytes`);
    for (let at = 1; at < vectors.length; at += each) {
      for (let i = 0; i < size; i++) input.data[i] = vectors[at + i]!;
      inference.invoke();
      for (let i = 0; i < output.data.length; i++)
        if ((output.data[i]! & 255) !== vectors[at + size + i])
          throw new PackageError("test vectors differ", `output ${i} of vector ${(at - 1) / each}`);
    }
  } finally {
    inference.close();
  }
}
