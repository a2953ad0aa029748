import { encodeNormalizer, profileIn, type NetworkNames } from "../../device/normalizer.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { namesIn, requireNamesIn } from "./networkNames.js";

/** Mean and deviation of each feature, from a normalizer.bin. @throws UserError when it is none, or of other features or classes */
export async function readNormalizer(
  file: string,
  { features, classes }: NetworkNames,
): Promise<{ mean: Float32Array; deviation: Float32Array }> {
  const bytes = await readUserFile(file, "the normalizer");
  const count = bytes.length >= 8 ? bytes.readUInt32LE(4) : 0;
  const values =
    bytes.length >= 8 + 8 * count
      ? Float32Array.from({ length: 2 * count }, (_, i) => bytes.readFloatLE(8 + 4 * i))
      : new Float32Array(0);
  const normalizer = { mean: values.subarray(0, count), deviation: values.subarray(count) };
  const names = values.length === 0 ? undefined : namesIn(file, bytes);
  if (
    values.length === 0 ||
    !bytes.equals(encodeNormalizer(normalizer.mean, normalizer.deviation, names, profileIn(bytes)))
  )
    throw new UserError(`${file} is no normalizer`);
  if (count !== features.length)
    throw new UserError(`${file} has ${count} features, this node has ${features.length}: retrain it`);
  requireNamesIn(file, bytes, { features, classes });
  return normalizer;
}
