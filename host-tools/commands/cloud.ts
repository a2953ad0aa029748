import { Command } from "commander";
import { nodeHelp } from "../node/nodeFile.js";
import { cloudConfigName, readCloudConfig } from "../service/config.js";
import { openCloud } from "../service/open.js";
import { describeEvent, eventRecord } from "../service/view.js";

interface Options {
  config?: string;
  node?: string;
  json?: boolean;
}

export default new Command("cloud")
  .description(
    "Receive what nodes send, keep it in a database, and answer their deferrals with the float network. Runs until it is interrupted. With a network server of its own, for gateways with the Semtech packet forwarder.",
  )
  .option("--config <file>", `description of the cloud (default: ${cloudConfigName} in this folder, if there is one)`)
  .option("--node <file>", nodeHelp)
  .option("--json", "print one JSON event per line")
  .action(async ({ config: file, node, json }: Options) => {
    const given = await readCloudConfig(file);
    const config = { ...given, ...(node !== undefined && { node }) };
    let classes: readonly string[] = [];
    const cloud = await openCloud(config, (event) => {
      const line = json ? JSON.stringify(eventRecord(event)) : describeEvent(event, classes);
      if (line !== undefined) process.stdout.write(`${line}\n`);
    });
    ({ classes } = cloud.node);
    const interrupted = new Promise<void>((resolve) => {
      process.once("SIGINT", resolve);
      process.once("SIGTERM", resolve);
    });
    try {
      await Promise.race([interrupted, cloud.failed]);
    } finally {
      await cloud.close();
    }
  });
