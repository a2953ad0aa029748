/** loam script send, status and rollback: what goes to a node, and what it has reported. */
import { Command, InvalidArgumentError, Option } from "commander";
import { jsonLine } from "../lib/terminal.js";
import { checkOutline, readPackage } from "../../device/codec/package.js";
import type { NodeConfig } from "../../device/config.js";
import { requireScriptMemory } from "../budget/scriptMemory.js";
import { askGateway, askGatewayOnce } from "../gateway/control.js";
import type { NodeRecord } from "../gateway/deliveries.js";
import { networkEntry } from "../cloud/missing.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { startProgress } from "../lib/progress.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import type { CheckedNode } from "../node/schema/node.js";
import { inspectPackage } from "../script/inspect.js";
import { planDelivery } from "../script/plan.js";
import { publicKeyOf, readSigningKey } from "../script/keys.js";
import { packRollback } from "../script/pack.js";
import { deliverBySerial, statusBySerial, timeoutOption, toOption, type SerialTarget } from "./scriptSerial.js";
import { describeDelivery, describePlan, describeRecord } from "../script/view.js";
import { sequenceOption, sequenceOr } from "./sequence.js";

const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const defaultGateway = "1700";
const gatewayOption = (): Option =>
  new Option("--gateway <port>", "PORT or HOST:PORT of the running loam gateway").default(defaultGateway);

interface Target extends SerialTarget {
  node?: string;
  gateway: string;
}

/** Sends it, and shows how far it is. @throws UserError when it fails */
async function deliver(bytes: Uint8Array, config: NodeConfig, target: Target): Promise<void> {
  if (target.to !== undefined) return deliverBySerial(bytes, config, target);
  const { device, gateway, detach } = target;
  const devEui = device ?? config.radio.devEui;
  const request = { command: "send", devEui, package: Buffer.from(bytes).toString("base64") } as const;
  let bar: ReturnType<typeof startProgress> | undefined;
  for await (const reply of askGateway(gateway, request)) {
    if (!("record" in reply)) continue;
    const { record, plan } = reply;
    if (plan) {
      print(describePlan(plan, config.radio.region, config.window.everySeconds));
      if (detach)
        return void print("The gateway goes on without this command: loam script status shows how far it is.");
      print("You may end this command, the gateway goes on without it: loam script status shows how far it is.");
    }
    const { phase, sent, size, reason } = record.delivery!;
    // By the data rate that the node has now.
    const rest = planDelivery(bytes.length, config.radio.region, record.dataRate ?? 0, size || undefined);
    const isOnItsWay = phase === "setup" || phase === "sending";
    bar ??= startProgress("package", 100, { hasLines: true });
    bar.update(isOnItsWay ? Math.min(99, (100 * sent) / rest.expected) : 99, describeDelivery(record.delivery!, rest));
    if (phase === "failed") {
      bar.finish("failed");
      throw new UserError(`the package did not come into force: ${reason}`);
    }
    if (phase === "confirmed") return void bar.finish("in force, and confirmed");
  }
}

/** @throws UserError for a package that the node would refuse */
async function requireForNode(file: string, bytes: Uint8Array, config: CheckedNode): Promise<void> {
  const { isForNode, isSigned } = inspectPackage(file, bytes, config);
  if (!isForNode) throw new UserError(`${file} is for another node: loam script inspect shows its profile`);
  if (isSigned === undefined)
    throw new UserError("the description has no updates.publicKey: the node refuses every package");
  if (!isSigned) throw new UserError(`${file} is not signed by the node's key, or damaged`);
  const { script } = readPackage(bytes).sections;
  if (script) await requireScriptMemory(config, file, Buffer.from(script).toString("utf8"));
}

const deviceHelp = "DevEUI of the node (default: the description's)";

export const send = new Command("send")
  .description(
    "Send a package to a node, in fragments by the running loam gateway, or over a serial line. By radio it says first how many, and how long it takes. Goes on where it was after an interruption on either side.",
  )
  .argument("<package>", "a file that loam script pack wrote")
  .option("--node <file>", nodeHelp)
  .option("--device <hex>", deviceHelp)
  .addOption(gatewayOption())
  .addOption(toOption())
  .addOption(timeoutOption())
  .option("--detach", "do not wait until it is in force")
  .action(async (file: string, options: Target) => {
    const config = await readNode(options.node);
    const bytes = await readUserFile(file, "the package");
    await requireForNode(file, bytes, config);
    const { sections, sequence } = readPackage(bytes);
    if (sections.model)
      print(
        `it brings a network, which loam cloud needs, too: ${networkEntry(sequence)} in networks of cloud.config.json`,
      );
    await deliver(bytes, config, options);
  });

export const status = new Command("status")
  .description(
    "Show what a node has in force, what is on its way to it and what is missing: as the gateway knows, or as the node says over its serial line.",
  )
  .option("--node <file>", nodeHelp)
  .option("--device <hex>", deviceHelp)
  .addOption(gatewayOption())
  .addOption(toOption())
  .addOption(timeoutOption())
  .option("--refresh", "ask the node for its settings in force: they come after its next uplink")
  .option("--cancel", "stop sending the package that is on its way")
  .option("--json", "print it as JSON")
  .action(async (options: Target & { cancel?: boolean; refresh?: boolean; json?: boolean }) => {
    const { node, device, gateway, cancel, refresh, json } = options;
    if (options.to !== undefined) return statusBySerial(await readNode(node), options, json);
    const config = await knownNode(options);
    const devEui = device ?? config!.radio.devEui;
    if (cancel) {
      const reply = await askGatewayOnce(gateway, { command: "cancel", devEui });
      if (!("cancelled" in reply && reply.cancelled)) throw new UserError(`nothing is on its way to ${devEui}`);
      return void print("cancelled");
    }
    const request = { command: refresh ? "refresh" : "status", devEui } as const;
    const { record } = (await askGatewayOnce(gateway, request)) as { record: NodeRecord };
    if (json) return void print(jsonLine(withoutContent(record)));
    for (const line of describeRecord(record, config)) print(line);
    if (refresh) print("asked for its settings: they come after its next uplink");
  });

/** The node's description. With --device it need not be there: settings then have numbers for names. @throws UserError */
async function knownNode({ node, device }: Target): Promise<CheckedNode | undefined> {
  try {
    return await readNode(node);
  } catch (error) {
    if (error instanceof UserError && device !== undefined && node === undefined) return undefined;
    throw error;
  }
}

function withoutContent({ delivery, ...record }: Readonly<NodeRecord>): Record<string, unknown> {
  if (!delivery) return record;
  const { package: content, ...shown } = delivery;
  return { ...record, delivery: { ...shown, bytes: Buffer.from(content, "base64").length } };
}

type PartName = "script" | "model" | "settings";

function parseParts(text: string): PartName[] {
  const parts = text.split(",").map((part) => part.trim());
  const known = ["script", "model", "settings"];
  const wrong = parts.find((part) => !known.includes(part));
  if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" is none of ${known.join(", ")}.`);
  return parts as PartName[];
}

export const rollback = new Command("rollback")
  .description(
    "Bring the predecessor of a node's app script back, or the firmware's own where there is none: a signed package without content, which is sent as others are.",
  )
  .requiredOption("--key <file>", "the private key that loam script keygen made")
  .option("--parts <names>", "script, model, settings, or several with commas between them", parseParts, ["script"])
  .addOption(sequenceOption())
  .option("--node <file>", nodeHelp)
  .option("--device <hex>", deviceHelp)
  .addOption(gatewayOption())
  .addOption(toOption())
  .addOption(timeoutOption())
  .option("--detach", "do not wait until it is in force")
  .action(async (options: Target & { key: string; parts: PartName[]; sequence?: number }) => {
    const config = await readNode(options.node);
    const key = await readSigningKey(options.key);
    if (config.updates?.publicKey.toLowerCase() !== publicKeyOf(key))
      throw new UserError(`${options.key} is not the node's key: it would refuse the package`);
    const { parts } = options;
    const sequence = sequenceOr(options.sequence);
    const bytes = packRollback({ config, key, sequence, parts });
    checkOutline(bytes);
    print(`back to the predecessor of ${readPackage(bytes).back.join(", ")}, sequence ${sequence}`);
    await deliver(bytes, config, options);
  });
