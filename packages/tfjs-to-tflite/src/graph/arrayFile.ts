import { readUserFile } from "../lib/files.js";
import { parseArray, type ArrayFile } from "./arrayData.js";

/** Numbers of a file on disk, as parseArray reads them. @throws UserError naming the file and what is wrong with it. */
export const readArrayFile = async (file: string): Promise<ArrayFile> =>
  parseArray(file, await readUserFile(file, "the samples"));
