import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { Command } from "commander";
import { jsonLine } from "../lib/terminal.js";
import type { NodeConfig } from "../../device/config.js";
import type { NodeKind } from "../cloudpage/api.js";
import { openPage } from "../cloudpage/server.js";
import { whole } from "../lib/numbers.js";
import { buildRoot } from "../lib/paths.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { exampleNode, currentNode } from "../node/nodeFolder.js";
import { checkCloudConfig, cloudConfigName, readCloudConfig, type CloudConfig } from "../service/config.js";
import { demoNodes, runDemo, type DemoNode } from "../service/demo.js";
import { openCloud } from "../service/open.js";
import type { ServiceEvent } from "../service/service.js";
import { describeEvent, eventRecord } from "../service/view.js";
import { nodeModel } from "../simulate/model.js";
import { tokenCommand } from "./cloudToken.js";
import { userCommand } from "./cloudUser.js";
import { alarmsCommand } from "./cloudAlarms.js";
import { bench } from "./cloudBench.js";
import { compare } from "./cloudCompare.js";
import { doubts } from "./cloudDoubts.js";

interface Options {
  config?: string;
  node?: string;
  demo?: number | true;
  json?: boolean;
  page: boolean;
}

type Print = (event: ServiceEvent | Record<string, unknown>) => void;

function pageKind(
  { name, classes, actuators, sensors, policy: { threshold } }: NodeConfig,
  isSimulated: boolean,
): NodeKind {
  const names = (list: readonly { name: string }[]) => list.map((one) => one.name);
  return { name, classes, actuators: names(actuators), sensors: names(sensors), threshold, isSimulated };
}

/** Runs until it is interrupted. @param withPort what else runs, at the UDP port of our network server; ends when its signal is aborted */
async function serve(
  config: CloudConfig,
  { json, demo, page: hasPage }: Options,
  withPort?: (port: number, node: NodeConfig, signal: AbortSignal, print: Print) => Promise<void>,
): Promise<void> {
  let classes: readonly string[] = [];
  let port = 0;
  const print: Print = (event) => {
    if ("event" in event && event["event"] === "listening") port = event["port"] as number;
    process.stdout.write(`${json ? jsonLine(eventRecord(event)) : describeEvent(event, classes)}\n`);
  };
  const cloud = await openCloud(config, print);
  ({ classes } = cloud.node);
  const ended = new AbortController();
  const interrupted = new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  let page: Awaited<ReturnType<typeof openPage>> | undefined;
  let more: Promise<void> | undefined;
  try {
    if (hasPage) {
      page = await openPage(cloud.store, pageKind(cloud.node, demo !== undefined), config.http);
      print({ event: "page", url: page.url });
    }
    more = withPort?.(port, cloud.node, ended.signal, print);
    await Promise.race([interrupted, cloud.failed, more?.then(() => interrupted) ?? interrupted]);
  } finally {
    ended.abort();
    await more?.catch(() => undefined);
    await page?.close();
    await cloud.close();
  }
}

/** In a folder of its own, which begins empty each time. */
async function serveDemo(given: CloudConfig, options: Options, count: number): Promise<void> {
  const description = given.node ?? (currentNode ?? exampleNode).description;
  const folder = path.join(buildRoot, "cloud-demo");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const nodes: DemoNode[] = await demoNodes(await readNode(description), count, folder);
  const devices = path.join(folder, "nodes.json");
  await writeFile(devices, JSON.stringify(nodes.map(({ devEui, joinEui, appKey }) => ({ devEui, joinEui, appKey }))));
  const model = given.model ?? nodeModel();
  const config = checkCloudConfig({
    ...{ node: description, model, http: given.http, database: path.join(folder, "cloud.db") },
    network: { kind: "own", host: "127.0.0.1", port: 0, devices, state: path.join(folder, "network.db") },
    names: nodes.map(({ devEui }, i) => ({ devEui, name: `simulated node ${i + 1}` })),
  });
  await serve(config, options, async (port, node, signal, print) => {
    print({ event: "demo", nodes: nodes.map(({ devEui, recording }) => `${devEui}: ${path.basename(recording)}`) });
    const onDecision = (devEui: string, sequence: number, outcome: string) =>
      print({ event: "decision heard", devEui, sequence, outcome });
    await runDemo({ config: node, model, nodes, port, signal, onDecision });
    print({ event: "demo ended" });
  });
}

export default new Command("cloud")
  .description(
    "Receive what nodes send, keep it in a database, and answer their deferrals with the float network. Runs until it is interrupted. With a network server of its own, for gateways with the Semtech packet forwarder, and a web page.",
  )
  .option("--config <file>", `description of the cloud (default: ${cloudConfigName} in this folder, if there is one)`)
  .option("--node <file>", nodeHelp)
  .option(
    "--demo [nodes]",
    "simulated nodes, by default 3, live through a recorded day in front of it, in minutes; in a database of its own in build/cloud-demo",
    whole(1),
  )
  .option("--no-page", "without the web page: one of many workers, of which another has it")
  .option("--json", "print one JSON event per line")
  .addCommand(userCommand)
  .addCommand(tokenCommand)
  .action(async (options: Options) => {
    const { config: file, node, demo } = options;
    const given = await readCloudConfig(file);
    const config = { ...given, ...(node !== undefined && { node }) };
    if (demo === undefined) await serve(config, options);
    else await serveDemo(config, options, demo === true ? 3 : demo);
  })
  .addCommand(bench)
  .addCommand(doubts)
  .addCommand(alarmsCommand)
  .addCommand(compare);
