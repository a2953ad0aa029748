import { z } from "zod";
import type { NodeConfig } from "../../device/config.js";
import { limitNames, type Settings } from "../../device/codec/settings.js";
import { applySettings } from "../../device/update/inforce.js";
import { UserError } from "../lib/errors.js";
import { parseJson } from "../lib/json.js";
import { checkConfig } from "../node/check.js";
import { ConfigError } from "../node/findings.js";
import { unknownName } from "tfjs-to-tflite/lib/nearest.js";

/** Its shape alone: ranges are the node description's. */
const schema = z.strictObject({
  threshold: z.number().optional(),
  everySeconds: z.number().optional(),
  classes: z.record(z.string(), z.string()).optional(),
  offsets: z.record(z.string(), z.number()).optional(),
  limits: z.partialRecord(z.enum(limitNames), z.number()).optional(),
});

/** The index of each key among `names`. @param place of the values, e.g. "FILE: offsets" */
function byIndex<T>(
  place: string,
  what: string,
  names: readonly string[],
  values: Record<string, T>,
): Record<number, T> {
  const found: Record<number, T> = {};
  for (const [name, value] of Object.entries(values)) {
    const index = names.indexOf(name);
    if (index < 0) throw new UserError(`${place}.${name}${unknownName(what, name, names)}`);
    found[index] = value;
  }
  return found;
}

function wrong({ path, message, ...issue }: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return `${path.join(".") || "settings"}: ${issue.expected} expected`;
  if (issue.code !== "unrecognized_keys") return [path.join("."), message].filter(Boolean).join(": ");
  const [key] = issue.keys;
  const known = path.length === 0 ? Object.keys(schema.shape) : limitNames;
  return `${[...path, key].join(".")}${unknownName("key", key!, known)}`;
}

/** A settings file: JSON with `threshold`, `everySeconds`, `classes` (old name to new), `offsets` (sensor to number) and `limits`. @throws UserError naming file and key */
export function parseSettings(file: string, content: Buffer, config: NodeConfig): Settings {
  const parsed = schema.safeParse(parseJson(content, file));
  if (!parsed.success) throw new UserError(`${file}: ${wrong(parsed.error.issues[0]!)}`);
  const { threshold, everySeconds, classes, offsets, limits } = parsed.data;
  const sensors = config.sensors.map(({ name }) => name);
  const settings: Settings = {
    ...(threshold !== undefined && { threshold }),
    ...(everySeconds !== undefined && { everySeconds }),
    ...(classes && { classes: byIndex(`${file}: classes`, "class", config.classes, classes) }),
    ...(offsets && { offsets: byIndex(`${file}: offsets`, "sensor", sensors, offsets) }),
    ...(limits && { limits }),
  };
  const isEmpty = (part: number | object): boolean => typeof part === "object" && Object.keys(part).length === 0;
  if (Object.values(parsed.data).every(isEmpty))
    throw new UserError(`${file}: no settings, any of ${Object.keys(schema.shape).join(", ")} expected`);
  for (const { name, range, unit } of config.sensors) {
    const offset = offsets?.[name] ?? 0;
    const width = range[1] - range[0];
    if (Math.abs(offset) > width)
      throw new UserError(
        `${file}: offsets.${name}: ${offset}, with which every reading is out of the sensor's range; -${width} to ${width} ${unit} expected`,
      );
  }
  // As the node does (device/update/check.ts): it has memory for no more.
  const least = Math.min(config.window.seconds, config.window.everySeconds);
  if (everySeconds !== undefined && everySeconds < least)
    throw new UserError(
      `${file}: window.everySeconds: ${everySeconds}, expected a number from ${least} on, since windows overlap no more than the node's description says`,
    );
  requireValid(file, applySettings(config, settings));
  return settings;
}

/** The description with the settings in it must be one that `loam check` takes. */
function requireValid(file: string, description: NodeConfig): void {
  try {
    checkConfig(description);
  } catch (error) {
    if (error instanceof ConfigError) throw new UserError(`${file}: ${error.message}`);
    throw error;
  }
}
