import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { jsonLine, printable } from "../lib/terminal.js";
import { describeScript, requireScriptMemory } from "../budget/scriptMemory.js";
import { packageKind } from "../lib/fileKinds.js";
import { readUserFile } from "../lib/files.js";
import { writeOutputs } from "../lib/outputs.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { inspectPackage, type InspectedPackage } from "../script/inspect.js";
import { createKeyFile, publicKeyOf, readSigningKey } from "../script/keys.js";
import { pack, scriptSection } from "../script/pack.js";
import { parseSettings } from "../script/settings.js";
import { mapFileOf, sourceMapKind, sourceMapOf } from "../script/sourceMap.js";
import { rollback, send, status } from "./scriptDelivery.js";
import { rehearseCommand } from "./scriptRehearse.js";
import { sequenceOption, sequenceOr } from "./sequence.js";
import { requireFitting } from "../simulate/model.js";

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

function wholeTo(most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value > most)
      throw new InvalidArgumentError(`a whole number from 0 to ${most} expected.`);
    return value;
  };
}

const keygen = new Command("keygen")
  .description("Make the pair of keys that packages are signed with. A key file is never overwritten.")
  .argument("[file]", "the private key, PEM, readable for its owner only", "loam-key.pem")
  .action(async (file: string) => {
    const publicKey = await createKeyFile(file);
    print(
      `${file}: the private key. Keep it, and keep it secret: without it no node that has the public key can be updated.`,
    );
    print(`In each node's description: "updates": { "publicKey": "${publicKey}" }`);
  });

interface PackOptions {
  key: string;
  out: string;
  node?: string;
  name?: string;
  version: number;
  sequence?: number;
  model?: string;
  settings?: string;
  force?: boolean;
}

const packCommand = new Command("pack")
  .description("Make a signed package of an app script, a network, settings, or several of them: docs/packages.md.")
  .argument("[folder]", "an app script: a folder with app.ts")
  .requiredOption("--key <file>", "the private key that loam script keygen made")
  .requiredOption(
    "--out <file>",
    "the package; beside it goes FILE.map, with which the debugger knows the script's lines",
  )
  .option("--model <file>", "int8 .tflite with normalizer.bin beside it")
  .option("--settings <file>", "JSON: threshold, everySeconds, classes, offsets, limits")
  .option("--name <text>", "shown by inspect (default: the folder's or file's name)")
  .option("--version <n>", "of what is packed, 0 to 65535", wholeTo(0xffff), 0)
  .addOption(sequenceOption())
  .option("--node <file>", nodeHelp)
  .addOption(forceOption())
  .action(async (folder: string | undefined, options: PackOptions) => {
    const { key: keyFile, out, node, model, settings: settingsFile, version, force } = options;
    const sources = [
      keyFile,
      ...(model === undefined ? [] : [model]),
      ...(settingsFile === undefined ? [] : [settingsFile]),
    ];
    const outputs = [
      { file: out, kind: packageKind },
      ...(folder === undefined ? [] : [{ file: mapFileOf(out), kind: sourceMapKind }]),
    ];
    await requireReplaceable(outputs, { sources, force });
    const config = await readNode(node);
    const key = await readSigningKey(keyFile);
    const publicKey = config.updates?.publicKey;
    if (publicKey?.toLowerCase() !== publicKeyOf(key))
      process.stderr.write(
        `warning: the node ${publicKey === undefined ? "has no updates.publicKey" : "has another public key"}, and will refuse the package\n`,
      );
    if (model !== undefined) await requireFitting(model, config);
    const script = folder === undefined ? undefined : await scriptSection(folder);
    const memory = script && (await requireScriptMemory(config, folder!, script.code));
    const named = folder ?? model ?? settingsFile ?? "";
    const bytes = await pack({
      config,
      key,
      version,
      sequence: sequenceOr(options.sequence),
      name: options.name ?? path.parse(path.resolve(named)).name,
      ...(script && { script }),
      ...(model !== undefined && { model }),
      ...(settingsFile !== undefined && {
        settings: parseSettings(settingsFile, await readUserFile(settingsFile, "the settings"), config),
      }),
    });
    // Both or none.
    await writeOutputs([...(script ? [sourceMapOf(out, script)] : []), [out, bytes]]);
    print(`${out}: ${describe(inspectPackage(out, bytes))}`);
    if (memory) print(describeScript(memory));
  });

function describe({ bytes, name, version, sequence, sections }: InspectedPackage): string {
  const parts = Object.entries(sections).map(([section, size]) => `${section} ${size.toLocaleString("en-US")} bytes`);
  return `${bytes.toLocaleString("en-US")} bytes, "${printable(name)}" version ${version}, sequence ${sequence}: ${parts.join(", ")}`;
}

const inspect = new Command("inspect")
  .description("Show what a package holds, and whether it is for the node and signed by its key.")
  .argument("<package>", "a file that loam script pack wrote")
  .option("--node <file>", nodeHelp)
  .option("--json", "print it as JSON")
  .action(async (file: string, options: { node?: string; json?: boolean }) => {
    const package_ = inspectPackage(file, await readUserFile(file, "the package"), await readNode(options.node));
    if (options.json) return void print(jsonLine(package_));
    const { apiLevel, languageLevel, profile, settings, isForNode, isSigned } = package_;
    print(`${file}: ${describe(package_)}`);
    print(`API level ${apiLevel}, language level ${languageLevel}`);
    print(`profile ${profile}: ${isForNode ? "this node's" : "of another node"}`);
    print(
      `signature: ${isSigned === undefined ? "not checked, the description has no updates.publicKey" : isSigned ? "of this node's key" : "wrong, or of another key"}`,
    );
    if (settings) print(`settings ${jsonLine(settings)}`);
    if (isForNode === false || isSigned === false) process.exitCode = 1;
  });

export default new Command("script")
  .description("Make, look at and send packages that replace a node's app script, network or settings.")
  .addCommand(keygen)
  .addCommand(packCommand)
  .addCommand(inspect)
  .addCommand(rehearseCommand)
  .addCommand(send)
  .addCommand(status)
  .addCommand(rollback);
