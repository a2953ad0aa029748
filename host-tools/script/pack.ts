/** Makes packages: docs/packages.md. */
import type { KeyObject } from "node:crypto";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import {
  apiLevel,
  encodePackage,
  languageLevel,
  minPackageBytes,
  type PackagePartName,
  sectionHeadBytes,
  type SectionName,
} from "../../device/codec/package.js";
import { encodeSettings, type Settings } from "../../device/codec/settings.js";
import { featureLayout } from "../../device/features/layout.js";
import { isNamed } from "../../device/normalizer.js";
import { encodeUtf8 } from "../../device/codec/utf8.js";
import { packageSlotBytes } from "../node/partitions.js";
import { requireSameNode } from "../node/networkNode.js";
import { requireNamesIn } from "../node/networkNames.js";
import { infer, microArena } from "../inference/index.js";
import { nodeIn } from "../inference/nodeMetadata.js";
import { readModel } from "../inference/readModel.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { Random } from "../lib/random.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { bundleScript, type ScriptBundle } from "./bundle.js";
import { signBytes } from "./keys.js";
import { profileHash } from "../node/profile.js";

/** Test vectors of a network. */
const vectors = 2;

export interface PackOptions {
  config: NodeConfig;
  key: KeyObject;
  sequence: number;
  version: number;
  name: string;
  /** Folder of an app script, or what `scriptSection` has made of it. */
  script?: string | ScriptBundle;
  /** An int8 .tflite, with normalizer.bin beside it. */
  model?: string;
  settings?: Settings;
}

/** The whole package, signed. @throws UserError for what the node would refuse */
export async function pack(options: PackOptions): Promise<Uint8Array> {
  const { config, key, sequence, version, name, script, model, settings } = options;
  const contents: Partial<Record<SectionName, Uint8Array>> = {
    ...(script !== undefined && {
      script: encodeUtf8((typeof script === "string" ? await scriptSection(script) : script).code),
    }),
    ...(model !== undefined && (await modelSections(model, config))),
    ...(settings && { settings: encoded("the settings", () => encodeSettings(settings)) }),
  };
  if (Object.keys(contents).length === 0)
    throw new UserError("nothing to pack: an app script's folder, --model or --settings expected");
  const head = { sequence, profile: profileHash(config), apiLevel, languageLevel, version, name };
  const unsigned = encoded("the package", () => encodePackage(head, contents));
  const bytes = Buffer.concat([unsigned, signBytes(unsigned, key)]);
  requireRoom("the package", bytes.length);
  return bytes;
}

/**
 * An app script as it goes into a package.
 * @param isReadable for a debugger: all variables are there, with their names
 * @throws UserError for what the node would refuse
 */
export async function scriptSection(directory: string, isReadable = false): Promise<ScriptBundle> {
  const bundle = await bundleScript(directory, isReadable);
  requireRoom(`the package of ${directory}`, minPackageBytes + sectionHeadBytes + Buffer.byteLength(bundle.code));
  return bundle;
}

/** In a slot of the flash partition `scripts`. */
function requireRoom(what: string, bytes: number): void {
  const most = packageSlotBytes();
  if (bytes > most) throw new UserError(`${what} has ${bytes} bytes, a node has room for ${most}`);
}

/** A package that brings the predecessors of `parts` back, signed. @throws UserError */
export function packRollback({
  config,
  key,
  sequence,
  parts,
}: Pick<PackOptions, "config" | "key" | "sequence"> & { parts: readonly PackagePartName[] }): Uint8Array {
  const head = { sequence, profile: profileHash(config), apiLevel, languageLevel, version: 0, name: "back" };
  const unsigned = encoded("the package", () => encodePackage(head, {}, parts));
  return Buffer.concat([unsigned, signBytes(unsigned, key)]);
}

/** @throws UserError for what the format has no room for */
function encoded(what: string, encode: () => Uint8Array): Uint8Array {
  try {
    return encode();
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`${what}: ${error.message}`);
    throw error;
  }
}

async function modelSections(file: string, config: NodeConfig): Promise<Partial<Record<SectionName, Uint8Array>>> {
  const { bytes, model } = await readModel(file);
  const normalizer = await readUserFile(path.join(path.dirname(file), "normalizer.bin"), "the model's normalizer");
  if (!isNamed(normalizer))
    throw new UserError(`the normalizer.bin beside ${file} has no names of features and classes: train again`);
  requireNamesIn("normalizer.bin", normalizer, { features: featureLayout(config).names, classes: config.classes });
  requireSameNode(file, nodeIn(model), config);
  const { needed } = await microArena(bytes, model);
  if (needed > config.model.arenaBytes)
    throw new UserError(`${file} needs an arena of ${needed} bytes, the node has ${config.model.arenaBytes}`);
  return { model: bytes, normalizer, vectors: await makeVectors(bytes, model) };
}

/** Inputs and what the node's engine makes of them. */
async function makeVectors(bytes: Uint8Array, { subgraphs }: TfliteModel): Promise<Uint8Array> {
  const { tensors, inputs } = subgraphs[0]!;
  const size = tensors[inputs[0]!]!.shape.reduce((product, n) => product * n, 1);
  const random = new Random("test vectors");
  const given = Array.from({ length: vectors }, () => random.bytes(size));
  const results = await infer(
    bytes,
    given.map((input) => [input]),
    { backend: "micro" },
  );
  return Buffer.concat([
    Buffer.of(vectors),
    ...given.flatMap((input, i) => [input, Buffer.from(results[i]!.outputs[0]!)]),
  ]);
}
