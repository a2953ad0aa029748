import { Command } from "commander";
import type { NodeConfig } from "../../device/config.js";
import type { NodeKind } from "../cloudpage/api.js";
import { openPage } from "../cloudpage/server.js";
import { nodeHelp } from "../node/nodeFile.js";
import { cloudConfigName, readCloudConfig } from "../service/config.js";
import { openCloud } from "../service/open.js";
import type { ServiceEvent } from "../service/service.js";
import { describeEvent, eventRecord } from "../service/view.js";

interface Options {
  config?: string;
  node?: string;
  json?: boolean;
}

export default new Command("cloud")
  .description(
    "Receive what nodes send, keep it in a database, and answer their deferrals with the float network. Runs until it is interrupted. With a network server of its own, for gateways with the Semtech packet forwarder, and a web page for this machine.",
  )
  .option("--config <file>", `description of the cloud (default: ${cloudConfigName} in this folder, if there is one)`)
  .option("--node <file>", nodeHelp)
  .option("--json", "print one JSON event per line")
  .action(async ({ config: file, node, json }: Options) => {
    const given = await readCloudConfig(file);
    const config = { ...given, ...(node !== undefined && { node }) };
    let classes: readonly string[] = [];
    const print = (event: ServiceEvent | Record<string, unknown>) => {
      const line = json ? JSON.stringify(eventRecord(event)) : describeEvent(event, classes);
      process.stdout.write(`${line}\n`);
    };
    const cloud = await openCloud(config, print);
    ({ classes } = cloud.node);
    const interrupted = new Promise<void>((resolve) => {
      process.once("SIGINT", resolve);
      process.once("SIGTERM", resolve);
    });
    let page: Awaited<ReturnType<typeof openPage>> | undefined;
    try {
      page = await openPage(cloud.store, pageKind(cloud.node), config.http);
      print({ event: "page", url: page.url });
      await Promise.race([interrupted, cloud.failed]);
    } finally {
      await page?.close();
      await cloud.close();
    }
  });

function pageKind({ name, classes, actuators, sensors, policy: { threshold } }: NodeConfig): NodeKind {
  const names = (list: readonly { name: string }[]) => list.map((one) => one.name);
  return { name, classes, actuators: names(actuators), sensors: names(sensors), threshold };
}
