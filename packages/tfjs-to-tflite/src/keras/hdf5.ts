/** HDF5 files of Keras. */
import type { Attribute, Dataset, Group } from "jsfive";
import { UserError } from "../lib/errors.js";

/** A tensor of a file. */
export interface Variable {
  name: string;
  shape: number[];
  data: Float32Array;
}

const isDataset = (found: Group | Dataset | undefined): found is Dataset => found !== undefined && "dtype" in found;

/** Texts of one size, as h5py before version 3 made them of NumPy's bytes, end in zeros where they are shorter. */
const unpadded = (text: string): string => text.replace(/\0+$/, "");

export const textOf = (attribute: Attribute | undefined): string | undefined =>
  typeof attribute === "string" ? unpadded(attribute) : undefined;

const listOf = (attribute: Attribute): string[] => [attribute].flat().map((text) => unpadded(String(text)));

/** Keras cuts lists that are longer than an attribute may be in pieces: name0, name1 ... */
export function textsOf({ attrs }: Group, name: string): string[] {
  if (attrs[name] !== undefined) return listOf(attrs[name]);
  const texts: string[] = [];
  for (let part = 0; attrs[`${name}${part}`] !== undefined; part++) texts.push(...listOf(attrs[`${name}${part}`]!));
  return texts;
}

/** A file, or a group in it. */
export class Hdf5 {
  constructor(
    readonly file: string,
    readonly group: Group,
  ) {}

  /** @throws UserError when the bytes are no HDF5 file that can be read */
  static async open(file: string, bytes: Uint8Array): Promise<Hdf5> {
    const { File } = await import("jsfive").catch((error: unknown) => {
      throw new UserError(`${file} is read by the package jsfive, which does not load: ${(error as Error).message}`);
    });
    return reading(file, () => new Hdf5(file, new File(new Uint8Array(bytes).buffer, file)));
  }

  /** A member by its path; the library itself takes a missing one for an error. */
  #find(path: string): Group | Dataset | undefined {
    let found: Group | Dataset | undefined = this.group;
    for (const name of path.split("/")) {
      if (found === undefined || isDataset(found) || !found.keys.includes(name)) return undefined;
      found = found.get(name);
    }
    return found;
  }

  inside(path: string): Hdf5 | undefined {
    const found = reading(this.file, () => this.#find(path));
    return found && !isDataset(found) ? new Hdf5(this.file, found) : undefined;
  }

  /** @throws UserError when it is not there, or holds no real numbers */
  variable(path: string): Variable {
    return reading(this.file, () => {
      const found = this.#find(path);
      if (!isDataset(found)) throw new UserError(`${this.file} has no weights "${path}"; is it whole?`);
      if (found.attrs["dtype"] === "bfloat16" || !/^[<>=|]?[fiu]\d+$/.test(found.dtype))
        throw new UserError(
          `${this.file}: the weights "${path}" are ${textOf(found.attrs["dtype"]) ?? found.dtype}; float32 or float16 expected`,
        );
      return { name: path, shape: [...found.shape], data: Float32Array.from(found.value) };
    });
  }

  /** Variables "0", "1" ... of a group. */
  variables(path: string): Variable[] {
    const count = this.inside(path)?.group.keys.length ?? 0;
    return Array.from({ length: count }, (_, i) => this.variable(`${path}/${i}`));
  }
}

/** The library throws texts, and errors of its own parts where a file is cut short. */
function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${file}: its HDF5 data cannot be read (${error instanceof Error ? error.message : String(error)}); is it whole? Save the model again, as .keras`,
    );
  }
}
