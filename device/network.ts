import type { Base } from "./base.js";
import { errorText } from "./errortext.js";
import { Recognizer } from "./recognizer.js";
import { openModel, readNormalizer } from "./resources.js";

/** With the network in force; with the firmware's own when that one fails, which a check before it came into force makes unlikely. */
export function makeRecognizer({
  config,
  description,
  updates,
}: Pick<Base, "config" | "description" | "updates">): Recognizer {
  const { model } = updates;
  const { classes } = description;
  if (model) {
    try {
      return new Recognizer(config, model.model, model.normalizer.slice().buffer, classes, model.sequence);
    } catch (error) {
      updates.modelFailed(errorText(error));
    }
  }
  // A node that takes no packages never has another one.
  const own = description.updates?.publicKey === undefined ? undefined : 0;
  return new Recognizer(config, openModel(), readNormalizer(), classes, own);
}
