/** HDF5 files as h5py writes them, by the HDF5 library itself. */
import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import h5wasm from "h5wasm/node";

interface Dataset {
  /** With its groups, which are made. */
  path: string;
  shape: number[];
  data: Float32Array;
}

/** Texts of one size, as h5py before version 3 wrote lists of them; else each has its own. */
const sized = (value: string | string[]): string => `S${Math.max(...[value].flat().map(({ length }) => length)) + 1}`;

/** @param attributes of groups, by their paths; "" is the file's own */
export async function hdf5(
  datasets: readonly Dataset[],
  attributes: Readonly<Record<string, Readonly<Record<string, string | string[]>>>> = {},
  { old = false } = {},
): Promise<Uint8Array> {
  await h5wasm.ready;
  const name = path.join(tmpdir(), `loam-${randomUUID()}.h5`);
  const file = new h5wasm.File(name, "w");
  try {
    const made = new Set<string>();
    for (const { path: place, shape, data } of datasets) {
      const parts = place.split("/");
      parts.slice(0, -1).forEach((_, i) => {
        const group = parts.slice(0, i + 1).join("/");
        if (!made.has(group)) file.create_group(group);
        made.add(group);
      });
      file.create_dataset({ name: place, data, shape, dtype: "<f4" });
    }
    for (const [group, values] of Object.entries(attributes))
      for (const [key, value] of Object.entries(values))
        (group === "" ? file : file.get(group)).create_attribute(key, value, null, old ? sized(value) : undefined);
  } finally {
    file.close();
  }
  const bytes = new Uint8Array(readFileSync(name));
  rmSync(name);
  return bytes;
}
