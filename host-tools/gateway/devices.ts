import { unwatchFile, watchFile } from "node:fs";
import { readUserFile } from "../lib/files.js";
import { UserError } from "../lib/errors.js";
import { parseJson } from "../lib/json.js";
import { hex } from "./device.js";
import type { DeviceRegistration } from "./types.js";

/** Keys of an entry, each with its bytes. */
const otaaKeys = { devEui: 8, joinEui: 8, appKey: 16 } as const;
const abpKeys = { devEui: 8, devAddr: 4, nwkSKey: 16, appSKey: 16 } as const;

/** Reads a list of nodes: JSON, each with devEui, joinEui and appKey, or devEui, devAddr, nwkSKey and appSKey. @throws UserError naming file and entry */
export async function readDevices(file: string): Promise<DeviceRegistration[]> {
  const list = parseJson(await readUserFile(file, "the list of nodes"), file);
  if (!Array.isArray(list) || list.length === 0)
    throw new UserError(
      `${file}: a list of nodes expected, e.g. [{"devEui": "...", "joinEui": "...", "appKey": "..."}]`,
    );
  const devices = list.map((entry: unknown, index) => readDevice(entry, `${file}, node ${index + 1}`));
  const known = new Set<string>();
  for (const [index, { devEui }] of devices.entries()) {
    const id = devEui.toLowerCase();
    if (known.has(id)) throw new UserError(`${file}, node ${index + 1}: devEui ${devEui} is registered twice`);
    known.add(id);
  }
  return devices;
}

function readDevice(entry: unknown, where: string): DeviceRegistration {
  if (typeof entry !== "object" || entry === null) throw new UserError(`${where}: an object expected`);
  const keys: Readonly<Record<string, number>> = "appKey" in entry ? otaaKeys : abpKeys;
  for (const [key, bytes] of Object.entries(keys)) {
    const value = (entry as Record<string, unknown>)[key];
    if (typeof value !== "string")
      throw new UserError(
        `${where}: ${key} is missing or not a string. An OTAA node has ${Object.keys(otaaKeys).join(", ")}; an ABP node has ${Object.keys(abpKeys).join(", ")}`,
      );
    hex(value, bytes, `${where}: ${key}`);
  }
  return entry as DeviceRegistration;
}

/** ms between two looks at the file. */
const lookEvery = 1000;

/** Calls back whenever the list has changed: with it, or with what is wrong with it. @returns ends that */
export function watchDevices(
  file: string,
  onList: (registrations: DeviceRegistration[]) => Promise<void>,
  onError: (error: UserError) => void,
): () => void {
  const look = () =>
    void readDevices(file)
      .then(onList)
      .catch((error: unknown) => {
        if (!(error instanceof UserError)) throw error;
        onError(error);
      });
  // Not fs.watch: editors replace the file.
  watchFile(file, { interval: lookEvery, persistent: false }, look);
  return () => unwatchFile(file, look);
}
