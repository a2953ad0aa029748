import { randomUUID } from "node:crypto";
import { Command } from "commander";
import { ChannelError, isoTime } from "../alarms/channel.js";
import { UserError } from "../lib/errors.js";
import { formatTable } from "../lib/table.js";
import { jsonLine, printable } from "../lib/terminal.js";
import { alarmChannels } from "../service/alarms.js";
import { readCloudConfig } from "../service/config.js";
import { listAlarms } from "../store/alarms.js";
import { configHelp, withStore } from "./cloudUser.js";

/** Sends a test by each channel. @throws UserError when one does not take it */
async function testChannels(config: string | undefined): Promise<void> {
  const channels = await alarmChannels((await readCloudConfig(config)).alarms);
  if (channels.length === 0)
    throw new UserError("alarms: nobody is told; expected webhooks or mail in the description");
  let failed = 0;
  for (const channel of channels) {
    try {
      const remark = await channel.tell([{ id: randomUUID(), event: "test" }]);
      process.stdout.write(`${printable(channel.name)}: sent${remark === undefined ? "" : `, ${remark}`}\n`);
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      failed++;
      process.stdout.write(`${printable(`${channel.name}: not sent: ${error.message}`)}\n`);
    }
  }
  if (failed > 0) throw new UserError(`${failed} of ${channels.length} have not taken the test`);
}

export const alarmsCommand = new Command("alarms")
  .description(`List the alarms that are open, the newest first, by the database ${configHelp}.`)
  .option("--test", "instead, tell each webhook, and the recipients of e-mails, that this is a test")
  .action(async (_: object, command: Command) => {
    const { test, config, json } = command.optsWithGlobals<{ test?: true; config?: string; json?: true }>();
    if (test) {
      await testChannels(config);
      return;
    }
    await withStore(command, async (store) => {
      const open = await listAlarms(store, { limit: 1000, open: true });
      if (json) {
        process.stdout.write(`${jsonLine(open)}\n`);
        return;
      }
      const rows = open.map(({ devEui, nodeName, rule, what, openedAt, waiting, failed, error }) => [
        ...[printable(nodeName ?? devEui), rule, printable(what), isoTime(openedAt)],
        waiting + failed === 0 ? "told" : printable(`${waiting} waiting, ${failed} failed: ${error ?? ""}`),
      ]);
      process.stdout.write(`${formatTable(["node", "rule", "what", "since", "told"], rows)}\n`);
    });
  });
