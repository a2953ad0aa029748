/** sensors.json: the manifest of the drivers that a node's firmware needs, made from its description. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { UserError } from "../lib/errors.js";
import { writeFileAtomic } from "../lib/files.js";
import { loamRoot } from "../lib/paths.js";
import type { NodeFolder } from "./nodeFolder.js";

export const sensorManifestName = "sensors.json";

/** @param loam where the manifest finds loam's parts: "$(LOAM)", in a checkout of loam "." */
export function sensorManifest({ sensors }: NodeConfig, loam: string): string {
  const chips = new Set(sensors.flatMap(({ hardware }) => hardware?.chip ?? []));
  const include = [...chips].toSorted().map((chip) => `${loam}/device/sensors/field/manifest_${chip}.json`);
  return `${JSON.stringify({ include }, null, "\t")}\n`;
}

const manifestOf = (node: NodeFolder, config: NodeConfig): string =>
  sensorManifest(config, node.root === loamRoot ? "." : "$(LOAM)");

const fileOf = (node: NodeFolder): string => path.join(node.root, sensorManifestName);

/** What is wrong with the drivers in a node's firmware, in words; undefined when they are those of its description. */
export async function sensorManifestProblem(node: NodeFolder, config: NodeConfig): Promise<string | undefined> {
  if (!existsSync(node.manifest)) return undefined;
  const missing = await missingInclude(node);
  if (missing !== undefined) return missing;
  const found = await readFile(fileOf(node), "utf8").catch(() => undefined);
  const included = (text: string): string[] => (JSON.parse(text) as { include: string[] }).include;
  const wanted = manifestOf(node, config);
  if (found === wanted) return undefined;
  const write = `npx loam device writes it`;
  if (found === undefined) return `there is no ${sensorManifestName}, the manifest of the sensors' drivers: ${write}`;
  try {
    const lacking = included(wanted).filter((name) => !included(found).includes(name));
    const what = lacking.length > 0 ? `it does not include ${lacking.join(", ")}` : "it has parts that no sensor uses";
    return `${sensorManifestName} is not that of this description (${what}): ${write}`;
  } catch {
    return `${sensorManifestName} is not a manifest of drivers: ${write}`;
  }
}

/** A firmware without the drivers would start, and measure nothing. */
async function missingInclude(node: NodeFolder): Promise<string | undefined> {
  // The example's manifest includes another, which includes it.
  if (node.root === loamRoot) return undefined;
  const text = await readFile(node.manifest, "utf8");
  if (text.includes(`./${sensorManifestName}`)) return undefined;
  return `${path.basename(node.manifest)} does not include "./${sensorManifestName}", the drivers of the sensors: add it to "include" of "platforms" "esp32"`;
}

/**
 * Writes the manifest of a node's drivers anew when it is not that of the description.
 * @returns whether it was written
 * @throws UserError when the node's manifest does not include it
 */
export async function keepSensorManifest(node: NodeFolder, config: NodeConfig): Promise<boolean> {
  const missing = await missingInclude(node);
  if (missing !== undefined) throw new UserError(missing);
  const wanted = manifestOf(node, config);
  if ((await readFile(fileOf(node), "utf8").catch(() => undefined)) === wanted) return false;
  await writeFileAtomic(fileOf(node), wanted);
  return true;
}
