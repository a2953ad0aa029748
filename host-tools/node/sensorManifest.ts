/** sensors.json: the manifest of the drivers that a node's firmware needs, made from its description. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { UserError } from "../lib/errors.js";
import { writeFileAtomic } from "../lib/files.js";
import { loamRoot } from "../lib/paths.js";
import type { NodeFolder } from "./nodeFolder.js";
import { sdkDriverManifest } from "./sdkDrivers.js";

export const sensorManifestName = "sensors.json";

const ioManifest = (io: "smbus" | "i2c" | "analog" | "digital", loam: string): string =>
  io === "analog"
    ? `${loam}/device/sensors/field/manifest_adc.json`
    : `$(MODDABLE)/modules/io/${io === "digital" ? io : "i2c"}/manifest.json`;

type Hardware = NonNullable<NodeConfig["sensors"][number]["hardware"]>;

/** The manifests with what a sensor needs of loam, of the SDK and of the node's folder. */
function includesOf(hardware: Hardware, loam: string): string[] {
  const own = `${loam}/device/sensors/field/manifest_${hardware.chip}.json`;
  if (hardware.chip !== "ecma419") return [own];
  const driver = hardware.manifest ?? sdkDriverManifest(hardware.driver);
  return [own, ioManifest(hardware.sensor.io, loam), ...(driver === undefined ? [] : [driver])];
}

/** The SDK takes the pins of audio input from the manifest. */
function audioDefines(hardware: Hardware | undefined): object | undefined {
  if (hardware?.chip !== "microphone") return undefined;
  const { clock, select, data, slot } = hardware;
  return {
    audioIn: {
      bitsPerSample: 16,
      numChannels: 1,
      i2s: {
        num: 0,
        bck_pin: clock,
        lr_pin: select,
        datain: data,
        format_i2s: 1,
        slot: slot === "right" ? "I2S_STD_SLOT_RIGHT" : "I2S_STD_SLOT_LEFT",
      },
    },
  };
}

/** @param loam where the manifest finds loam's parts: "$(LOAM)", in a checkout of loam "." */
export function sensorManifest({ sensors, battery }: NodeConfig, loam: string): string {
  const all = sensors.flatMap(({ hardware }) => hardware ?? []);
  const includes = all.flatMap((hardware) => includesOf(hardware, loam));
  if (battery) includes.push(`${loam}/device/sensors/field/manifest_battery.json`);
  const include = [...new Set(includes)].toSorted();
  const defines = audioDefines(all.find(({ chip }) => chip === "microphone"));
  return `${JSON.stringify({ include, ...(defines && { defines }) }, null, "\t")}\n`;
}

const manifestOf = (node: NodeFolder, config: NodeConfig): string =>
  sensorManifest(config, node.root === loamRoot ? "." : "$(LOAM)");

const fileOf = (node: NodeFolder): string => path.join(node.root, sensorManifestName);

interface Manifest {
  include: string[];
  defines?: object;
}

/** undefined for what is no manifest; its layout does not matter. */
function manifestIn(text: string | undefined): Manifest | undefined {
  try {
    const value = JSON.parse(text ?? "") as Partial<Manifest>;
    return Array.isArray(value.include)
      ? { include: value.include, ...(value.defines && { defines: value.defines }) }
      : undefined;
  } catch {
    return undefined;
  }
}

const isSame = (one: Manifest | undefined, other: Manifest | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** What is wrong with the drivers in a node's firmware, in words; undefined when they are those of its description. */
export async function sensorManifestProblem(node: NodeFolder, config: NodeConfig): Promise<string | undefined> {
  if (!existsSync(node.manifest)) return undefined;
  const missing = await missingInclude(node);
  if (missing !== undefined) return missing;
  const text = await readFile(fileOf(node), "utf8").catch(() => undefined);
  const found = manifestIn(text);
  const wanted = manifestIn(manifestOf(node, config))!;
  if (isSame(found, wanted)) return undefined;
  const write = "npx loam device writes it";
  if (text === undefined) return `there is no ${sensorManifestName}, the manifest of the sensors' drivers: ${write}`;
  if (!found) return `${sensorManifestName} is not a manifest of drivers: ${write}`;
  const lacking = wanted.include.filter((name) => !found.include.includes(name));
  const foreign = found.include.filter((name) => !wanted.include.includes(name));
  const what =
    lacking.length > 0
      ? `it does not include ${lacking.join(", ")}`
      : foreign.length > 0
        ? `no sensor uses ${foreign.join(", ")}`
        : "it has other pins of a microphone";
  return `${sensorManifestName} is not that of this description (${what}): ${write}`;
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
  const found = manifestIn(await readFile(fileOf(node), "utf8").catch(() => undefined));
  if (isSame(found, manifestIn(wanted))) return false;
  await writeFileAtomic(fileOf(node), wanted);
  return true;
}
