import { UserError } from "../../lib/errors.js";
import type { Port } from "./topology.js";

/** Sizes for inputs that have free ones: by the input's name, or "" for all others. With or without the batch, which is 1. */
export type InputShapes = Readonly<Record<string, readonly number[]>>;

/** The shape of an input, batch 1. @param known its sizes, null or negative where they are free @throws UserError for a free size without a shape, or one that does not fit */
export function fixedShape(name: string, known: readonly (number | null)[] | undefined, shapes: InputShapes): number[] {
  const given = shapes[name] ?? shapes[""];
  const isFree = (n: number | null): boolean => n === null || n < 0;
  const text = known ? `[${known.map((n) => (isFree(n) ? "?" : n)).join(", ")}]` : "unknown";
  if (!known) {
    if (given) return [1, ...given];
    throw new UserError(
      `the shape of input "${name}" is unknown; a .tflite needs a fixed one: --input-shape ${name}=SIZE,SIZE,... (without the batch)`,
    );
  }
  const sizes = known.slice(1);
  const free = sizes.findIndex(isFree);
  if (!given) {
    if (free >= 0)
      throw new UserError(
        `input "${name}" has shape ${text}; a .tflite needs a fixed size: axis ${free + 1} must be a number (only the batch, axis 0, may be free). Give it: --input-shape ${sizes.map((n) => (isFree(n) ? "SIZE" : n)).join(",")}`,
      );
    if (known.length > 0 && !isFree(known[0]!) && known[0] !== 1)
      throw new UserError(`input "${name}" has shape ${text}; a .tflite of loam takes a batch of 1`);
    return known.length === 0 ? [] : [1, ...(sizes as number[])];
  }
  const fits = given.length === sizes.length && sizes.every((n, axis) => isFree(n) || n === given[axis]);
  if (!fits)
    throw new UserError(
      `--input-shape ${given.join(",")} does not fit input "${name}" of shape ${text}; give ${sizes.length} sizes, without the batch`,
    );
  return [1, ...given];
}

/** The sizes that a graph model says of an input, negative where they are free; undefined when it says nothing. */
export const knownShape = ({ shape }: Port): number[] | undefined =>
  shape?.unknownRank ? undefined : shape?.dim?.map(({ size }) => Number(size ?? -1));

export const inputShape = (port: Port, shapes: InputShapes): number[] =>
  fixedShape(port.name, knownShape(port), shapes);
