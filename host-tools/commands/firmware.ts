import { Command, InvalidArgumentError } from "commander";
import { jsonLine, printable } from "../lib/terminal.js";
import { firmwareKind } from "../lib/fileKinds.js";
import { readUserFile, writeFileAtomic } from "../lib/files.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { hostManifest } from "../node/nodeFolder.js";
import { inspectFirmware, packFirmware, type InspectedFirmware } from "../script/firmware.js";
import { publicKeyOf, readSigningKey } from "../script/keys.js";
import { readProgram } from "../xs/builder/program.js";

import { send } from "./firmwareSend.js";
import { sequenceOption, sequenceOr } from "./sequence.js";

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

function parseVersion(text: string): string {
  const parts = text.split(".");
  if (parts.length !== 3 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255))
    throw new InvalidArgumentError("three numbers from 0 to 255 expected, such as 1.2.3.");
  return text;
}

interface PackOptions {
  key: string;
  out: string;
  node?: string;
  name?: string;
  version?: string;
  sequence?: number;
  force?: boolean;
}

const pack = new Command("pack")
  .description(
    "Sign an image that loam device has built, for the nodes with this description's board: docs/packages.md.",
  )
  .argument("<image>", "xs_esp32.bin, whose place loam device says")
  .requiredOption("--key <file>", "the private key that loam script keygen made")
  .requiredOption("--out <file>", "the signed firmware")
  .option("--name <text>", "shown by inspect (default: the node's name)")
  .option("--version <x.y.z>", 'shown by inspect (default: "firmware" in the manifest\'s "config")', parseVersion)
  .addOption(sequenceOption())
  .option("--node <file>", nodeHelp)
  .addOption(forceOption())
  .action(async (file: string, { key: keyFile, out, node, name, version, sequence, force }: PackOptions) => {
    await requireReplaceable([{ file: out, kind: firmwareKind }], { sources: [keyFile, file], force });
    const config = await readNode(node);
    const key = await readSigningKey(keyFile);
    if (config.updates?.publicKey.toLowerCase() !== publicKeyOf(key))
      process.stderr.write(
        config.updates
          ? "warning: the node has another public key, and will refuse the firmware\n"
          : "warning: the description has no updates.publicKey: its nodes refuse every firmware, and one that is built for it never confirms itself\n",
      );
    const bytes = packFirmware({
      config,
      key,
      file,
      image: await readUserFile(file, "the image"),
      sequence: sequenceOr(sequence),
      version: version ?? (await manifestVersion()),
      name: name ?? config.name,
    });
    await writeFileAtomic(out, bytes);
    print(`${out}: ${describe(inspectFirmware(out, bytes))}`);
  });

async function manifestVersion(): Promise<string> {
  const { config } = await readProgram({ manifest: hostManifest() });
  return parseVersion(String(config["firmware"]));
}

function describe({ bytes, imageBytes, name, board, version, sequence }: InspectedFirmware): string {
  const n = (value: number): string => value.toLocaleString("en-US");
  return `${n(bytes)} bytes, "${printable(name)}" version ${version}, sequence ${sequence}: an image of ${n(imageBytes)} bytes for ${printable(board) || "a node without a board"}`;
}

const inspect = new Command("inspect")
  .description("Show what a signed firmware is, and whether it is for the node and signed by its key.")
  .argument("<firmware>", "a file that loam firmware pack wrote")
  .option("--node <file>", nodeHelp)
  .option("--json", "print it as JSON")
  .action(async (file: string, { node, json }: { node?: string; json?: boolean }) => {
    const firmware = inspectFirmware(file, await readUserFile(file, "the firmware"), await readNode(node));
    const { isForNode, isSigned } = firmware;
    if (json) print(jsonLine(firmware));
    else {
      print(`${file}: ${describe(firmware)}`);
      print(isForNode ? "for this node" : `not for this node: another board, or built with another node's description`);
      print(
        `signature: ${isSigned === undefined ? "not checked, the description has no updates.publicKey" : isSigned ? "of this node's key" : "wrong, or of another key"}`,
      );
    }
    if (isForNode === false || isSigned === false) process.exitCode = 1;
  });

export default new Command("firmware")
  .description("Sign, look at and send firmware that comes into a node in the field: docs/packages.md.")
  .addCommand(pack)
  .addCommand(inspect)
  .addCommand(send);
