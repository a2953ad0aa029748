import { readUserFile } from "../lib/files.js";
import { UserError } from "../lib/errors.js";
import { parseJson } from "../lib/json.js";
import type { DeviceRegistration } from "./types.js";

const otaaKeys = ["devEui", "joinEui", "appKey"] as const;
const abpKeys = ["devEui", "devAddr", "nwkSKey", "appSKey"] as const;

/** Reads a list of nodes: JSON, each with devEui, joinEui and appKey, or devEui, devAddr, nwkSKey and appSKey. @throws UserError naming file and entry */
export async function readDevices(file: string): Promise<DeviceRegistration[]> {
  const list = parseJson(await readUserFile(file, "the list of nodes"), file);
  if (!Array.isArray(list) || list.length === 0)
    throw new UserError(
      `${file}: a list of nodes expected, e.g. [{"devEui": "...", "joinEui": "...", "appKey": "..."}]`,
    );
  return list.map((entry: unknown, index) => readDevice(entry, `${file}, node ${index + 1}`));
}

function readDevice(entry: unknown, where: string): DeviceRegistration {
  if (typeof entry !== "object" || entry === null) throw new UserError(`${where}: an object expected`);
  const keys: readonly string[] = "appKey" in entry ? otaaKeys : abpKeys;
  const wrong = keys.find((key) => typeof (entry as Record<string, unknown>)[key] !== "string");
  if (wrong)
    throw new UserError(
      `${where}: ${wrong} is missing or not a string. An OTAA node has ${otaaKeys.join(", ")}; an ABP node has ${abpKeys.join(", ")}`,
    );
  return entry as DeviceRegistration;
}
