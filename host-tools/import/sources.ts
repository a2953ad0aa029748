/** Files that can be imported: which there are, and each as a table. */
import { stat, readdir } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { systemReason } from "../lib/systemreasons.js";
import type { CsvForm } from "./csvForm.js";
import { readCsv } from "./csvTable.js";
import { isAcquisition, readAcquisitionCbor, readAcquisitionJson } from "./edgeImpulse.js";
import type { Beginning } from "./guess.js";
import type { CsvMapping } from "./mapping.js";
import { isNpy, readNpy } from "./npyTable.js";
import { isZip, readNpz } from "./npz.js";
import { isParquet, readParquet } from "./parquet.js";
import { firstRows, type Cell, type Table } from "./table.js";
import { isWav, readWav } from "./wav.js";

/** A file that the user named, or that is in a folder that he named. */
export interface Source {
  file: string;
  /** From the named folder on, with its own name where several were named. */
  name: string;
}

const extensions = [".csv", ".tsv", ".txt", ".dat", ".data", ".json", ".cbor", ".wav", ".npy", ".npz", ".parquet"];

/** Other JSON, such as a mapping or a node description, lies beside recordings. */
async function isRecording(file: string): Promise<boolean> {
  const extension = path.extname(file).toLowerCase();
  if (extension === ".json") return isAcquisition((await readUserFile(file, "the recording")).toString("utf8"));
  return extensions.includes(extension);
}

/** Files of folders, whose extension is one of a kind that can be imported, and files as they are named. @throws UserError */
export async function findSources(inputs: readonly string[]): Promise<Source[]> {
  const found: Source[] = [];
  for (const input of inputs) {
    const about = await stat(input).catch((error: unknown) => {
      throw new UserError(`cannot read ${input}: ${systemReason(error)}`);
    });
    if (!about.isDirectory()) {
      found.push({ file: input, name: path.basename(input) });
      continue;
    }
    const names = (await readdir(input, { recursive: true })).sort();
    const known: string[] = [];
    for (const name of names) if (await isRecording(path.join(input, name))) known.push(name);
    if (known.length === 0)
      throw new UserError(`${input} has no file that can be imported; those end in ${extensions.join(", ")}`);
    // Folders beside each other often have files of the same names.
    const above = inputs.length > 1 ? path.basename(path.resolve(input)) : "";
    found.push(...known.map((name) => ({ file: path.join(input, name), name: path.join(above, name) })));
  }
  return found;
}

export interface Opened extends Beginning {
  /** Of text. */
  form?: CsvForm;
}

/** UTF-16 has a mark at its beginning, by which it is refused as such. */
const isText = (bytes: Uint8Array): boolean =>
  !bytes.subarray(0, 4096).includes(0) ||
  /^(?:\xff\xfe|\xfe\xff)/.test(Buffer.from(bytes.subarray(0, 2)).toString("latin1"));

/** A table of a format that says what its columns are; undefined: text. */
async function knownTable(file: string, bytes: Buffer): Promise<Table | undefined> {
  if (isWav(bytes)) return readWav(file, bytes);
  if (isNpy(bytes)) return readNpy(file, bytes);
  if (isZip(bytes)) return readNpz(file, bytes);
  if (isParquet(bytes)) return readParquet(file, bytes);
  if (path.extname(file).toLowerCase() === ".cbor") return readAcquisitionCbor(file, bytes);
  if (/^\s*[[{]/.test(bytes.toString("latin1", 0, 64))) return readAcquisitionJson(file, bytes);
  if (!isText(bytes))
    throw new UserError(
      `${file}: binary data of no known kind; known are WAV, .npy, .npz, Parquet and Edge Impulse's CBOR (.cbor)`,
    );
  return undefined;
}

/** @throws UserError for a file of no known kind */
export async function openSource(file: string, csv: CsvMapping = {}): Promise<Opened> {
  const bytes = await readUserFile(file, "the recording");
  if (bytes.length === 0) throw new UserError(`${file}: empty`);
  const known = await knownTable(file, bytes);
  if (known) return beginningOf(known);
  const { separator, comment, header, skipLines, rowEnd } = csv;
  const { table, form, sample } = readCsv(file, bytes, {
    ...(separator !== undefined && { separator }),
    ...(comment !== undefined && { comment }),
    ...(header !== undefined && { header }),
    ...(skipLines !== undefined && { skipLines }),
    ...(rowEnd !== undefined && { rowEnd }),
  });
  return { table, form, rows: sample };
}

/** A table with its first rows. */
export function beginningOf(table: Table): Beginning {
  const rows: Cell[][] = [];
  table.rows((cells) => rows.length < firstRows && void rows.push([...cells]));
  return { table, rows };
}
