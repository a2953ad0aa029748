/** TensorFlow Lite Micro itself, where TFLM_DIR has it, says whether it takes a model: its kernels check more than a description of them has. */
import { infer } from "./index.js";
import { tflmFolder } from "./tflmSources.js";

/** As much as any model of a node could want; on the host, where addresses are wider, kernels keep more than on the chip. */
const arenaFor = (needed: number): number => Math.max(1 << 24, 4 * needed);

/**
 * Has TensorFlow Lite Micro load a model, and prepare its operators; nothing where TFLM_DIR is not set.
 * @param needed bytes of arena that it is said to need
 * @throws InferenceError when it refuses the model, UserError when it ends on it
 */
export async function askTflm(model: Uint8Array, needed: number): Promise<void> {
  if (tflmFolder() !== undefined) await infer(model, [], { backend: "tflm", arena: arenaFor(needed) });
}
