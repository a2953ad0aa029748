import { UserError } from "../lib/errors.js";
import type { InputShapes } from "./graphModel/index.js";

/**
 * The sizes that --input-shape gives.
 * @param given SIZE,SIZE,... of each input that is not named, or NAME=SIZE,SIZE,... of one
 * @throws UserError for what is no list of sizes
 */
export function inputShapes(given: readonly string[]): InputShapes {
  const shapes: Record<string, number[]> = {};
  for (const text of given) {
    const [, name, sizes] = /^(?:(.*)=)?([^=]*)$/.exec(text)!;
    const shape = sizes!.split(/[,x]/).map(Number);
    if (shape.some((size) => !Number.isInteger(size) || size < 1))
      throw new UserError(
        `--input-shape ${text}: sizes are whole numbers of at least 1, separated by commas and without the batch, such as 224,224,3 or NAME=224,224,3`,
      );
    shapes[name ?? ""] = shape;
  }
  return shapes;
}
