import { UserError } from "../lib/errors.js";

export interface Topology {
  class_name?: string;
  config?: unknown;
  keras_version?: unknown;
  model_config?: { class_name?: string; config?: unknown };
}

/**
 * What is only for training goes: weights that are set afterwards need no random numbers before, of which tfjs makes some slowly, and orthogonal ones only where all its
 * packages are; and it does not know all regularizers and constraints of Keras.
 */
function withoutTraining(key: string, value: unknown): unknown {
  if (key.endsWith("_initializer")) return { class_name: "Zeros", config: {} };
  return /_(?:regularizer|constraint)$/.test(key) ? null : value;
}

/** @throws UserError when the text is not JSON */
export function parseTopology(file: string, text: string): unknown {
  try {
    return JSON.parse(text, withoutTraining) as unknown;
  } catch (error) {
    throw new UserError(`${file} is not JSON (${(error as Error).message})`);
  }
}
