import { z } from "zod";
import type { NodeConfig } from "../../device/config.js";
import { limitNames, type Settings } from "../../device/codec/settings.js";
import { UserError } from "../lib/errors.js";
import { parseJson } from "../lib/json.js";

const schema = z.strictObject({
  threshold: z.number().min(0).max(1).optional(),
  everySeconds: z.int().min(1).max(86400).optional(),
  classes: z.record(z.string(), z.string().min(1)).optional(),
  offsets: z.record(z.string(), z.number()).optional(),
  limits: z.partialRecord(z.enum(limitNames), z.number().min(0)).optional(),
});

/** The index of each key among `names`. */
function byIndex<T>(what: string, names: readonly string[], values: Record<string, T> = {}): Record<number, T> {
  const found: Record<number, T> = {};
  for (const [name, value] of Object.entries(values)) {
    const index = names.indexOf(name);
    if (index < 0) throw new UserError(`${what} "${name}": the node has ${names.join(", ")}`);
    found[index] = value;
  }
  return found;
}

/** A settings file: JSON with `threshold`, `everySeconds`, `classes` (old name to new), `offsets` (sensor to number) and `limits`. @throws UserError naming file and key */
export function parseSettings(file: string, content: Buffer, config: NodeConfig): Settings {
  const parsed = schema.safeParse(parseJson(content, file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError(`${file}: ${[issue!.path.join("."), issue!.message].filter(Boolean).join(": ")}`);
  }
  const { threshold, everySeconds, classes, offsets, limits } = parsed.data;
  if (everySeconds !== undefined && everySeconds < config.window.seconds)
    throw new UserError(`${file}: everySeconds ${everySeconds}: a window takes ${config.window.seconds} seconds`);
  const sensors = config.sensors.map(({ name }) => name);
  return {
    ...(threshold !== undefined && { threshold }),
    ...(everySeconds !== undefined && { everySeconds }),
    ...(classes && { classes: byIndex(`${file}: class`, config.classes, classes) }),
    ...(offsets && { offsets: byIndex(`${file}: sensor`, sensors, offsets) }),
    ...(limits && { limits: limits }),
  };
}
