/** loam firmware send: over a serial line, or TCP that leads to one. */
import { Command } from "commander";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { startProgress } from "../lib/progress.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { inspectFirmware } from "../script/firmware.js";
import { FirmwareDelivery, type FirmwareState } from "../script/firmwareDelivery.js";
import { parsePlace } from "../serial/line.js";
import { withNode } from "../serial/transfer.js";
import { signalOf, timeoutOption, toOption, waitingFor, type SerialTarget } from "./scriptSerial.js";

const states: Record<FirmwareState, string> = {
  waiting: "the node has it, and begins anew with it",
  probation: "it runs, on probation: until an uplink was acknowledged and a window handled",
  confirmed: "it runs, and has confirmed itself",
};

export const send = new Command("send")
  .description("Send a signed firmware to a node over its serial line. It goes on after an interruption of the line.")
  .argument("<firmware>", "a file that loam firmware pack wrote")
  .addOption(toOption().makeOptionMandatory())
  .addOption(timeoutOption())
  .option("--node <file>", nodeHelp)
  .option("--device <hex>", "DevEUI of the node (default: the description's)")
  .option("--detach", "do not wait until it has confirmed itself")
  .action(async (file: string, { node, ...target }: SerialTarget & { to: string; node?: string }) => {
    const config = await readNode(node);
    const bytes = await readUserFile(file, "the firmware");
    const devEui = target.device ?? config.radio.devEui;
    const { isForNode, isSigned, sequence } = inspectFirmware(file, bytes, config, devEui);
    if (!isForNode)
      throw new UserError(
        `${file} is for another board, which loam firmware inspect shows, or was not built with the description of node ${devEui}`,
      );
    if (isSigned === undefined)
      throw new UserError("the description has no updates.publicKey: the node refuses every firmware");
    if (!isSigned) throw new UserError(`${file} is not signed by the node's key, or damaged`);
    const place = parsePlace(target.to, config.serial?.baud);
    const signal = signalOf(target, target.to);
    const delivery = new FirmwareDelivery(bytes, sequence, devEui);
    const bar = startProgress("firmware", bytes.length, { hasLines: true });
    let said: FirmwareState | undefined;
    try {
      await withNode(
        place,
        signal,
        async (hello, conversation) => {
          const state = await delivery.heard(hello, conversation, signal, (received, note) =>
            bar.update(received, note ?? ""),
          );
          if (state !== said && state !== "confirmed") process.stdout.write(`${states[state]}\n`);
          said = state;
          return state === "confirmed" || target.detach ? true : undefined;
        },
        waitingFor(place, config),
      );
    } catch (error) {
      bar.finish("failed");
      if (error instanceof UserError) throw new UserError(`the update has failed: ${error.message}`);
      throw error;
    }
    bar.finish(states[said!]);
  });
