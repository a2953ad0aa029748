/** What the kernels of TensorFlow Lite Micro have in common in what they take from its arena. */
import type { TfliteOperator } from "../../../tflite/index.js";
import type { Take } from "../descriptor.js";

/** The temporary TfLiteTensors of inputs and outputs, in the order the kernel asks for them; optional inputs that are left out cost nothing. */
export const temps = (...indices: (number | undefined)[]): Take[] =>
  indices.filter((index) => index !== undefined && index >= 0).map((index) => ({ temp: index! }));

export const inputsThenOutput = ({ inputs, outputs }: TfliteOperator): Take[] => temps(...inputs, outputs[0]);
export const inputAndOutput = ({ inputs, outputs }: TfliteOperator): Take[] => temps(inputs[0], outputs[0]);

/** Multipliers and shifts of every channel, 4 bytes each. */
export const channels = (count: number): Take[] => [{ persistent: 4 * count }, { persistent: 4 * count }];
