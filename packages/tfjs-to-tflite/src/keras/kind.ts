/** Models of Keras as they are saved, without a step in Python: .keras and .h5. */
import { latin1 } from "../lib/bytes.js";

const [hdf5, zip] = ["\x89HDF", "PK\x03\x04"];

/** What a file of Keras is by its first bytes; undefined for anything else. */
export function kerasKind(bytes: Uint8Array): "keras" | "h5" | undefined {
  const start = latin1(bytes, 0, 4);
  return start === hdf5 ? "h5" : start === zip ? "keras" : undefined;
}

/** Whether an address or a path names a file that has the whole model, without others beside it: one of Keras, an archive, or one of ONNX, which is read to be refused. */
export const isWholeFile = (name: string): boolean => /\.(?:keras|h5|hdf5|zip|onnx)$/i.test(name);
