import { Command, InvalidArgumentError } from "commander";
import { jsonLine } from "../lib/terminal.js";
import { decodeUplink, PayloadError } from "../../device/codec/codec.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";
import type { Memory } from "../cloud/memory.js";
import { clockPeriods } from "../gateway/clockserver.js";
import { readDevices } from "../gateway/devices.js";
import { runBehindForwarder } from "../forwarder/run.js";
import { UserError } from "../lib/errors.js";
import { positive } from "../lib/numbers.js";
import { OwnNetwork } from "../networks/own.js";
import type { DeviceRegistration } from "../gateway/types.js";
import type { ReceivedUplink } from "../store/types.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";

interface Options {
  listen: number;
  host: string;
  state?: string;
  region?: RegionName;
  subBand?: number;
  devices?: string;
  node?: string;
  forwarder?: string;
  eui: string;
  hours: number;
  every: number;
  clockPeriod?: number;
  clockResync?: number;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!(Number.isInteger(port) && port >= 0 && port <= 65535))
    throw new InvalidArgumentError("a port from 0 (any free port) to 65535 expected");
  return port;
}

function parseRegion(text: string): RegionName {
  if (!(text in regions)) throw new InvalidArgumentError(`one of ${Object.keys(regions).join(", ")} expected`);
  return text as RegionName;
}

function parseSubBand(text: string): number {
  const subBand = Number(text);
  if (!(Number.isInteger(subBand) && subBand >= 1 && subBand <= 8)) throw new InvalidArgumentError("1 to 8 expected");
  return subBand;
}

/** The code of a period in seconds. */
function parsePeriod(text: string): number {
  const period = clockPeriods.indexOf(Number(text));
  if (period < 0)
    throw new InvalidArgumentError(`seconds expected that TS003 has a code for: ${clockPeriods.join(", ")}`);
  return period;
}

function parseResync(text: string): number {
  const count = Number(text);
  if (!(Number.isInteger(count) && count >= 1 && count <= 7)) throw new InvalidArgumentError("1 to 7 expected");
  return count;
}

const print = (event: Record<string, unknown>) => process.stdout.write(`${jsonLine(event)}\n`);

/** The decoded payload and whether it is a duplicate; in hexadecimal when it is not one of loam's. */
function describe({ devEui, port, payload }: ReceivedUplink, memory: Memory): Record<string, unknown> {
  try {
    const content = decodeUplink(port, payload);
    const known = memory.find(devEui, content);
    if (known?.sequence !== content.sequence) memory.remember(devEui, content);
    return { duplicate: known !== undefined, ...content };
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    return { payload: Buffer.from(payload).toString("hex") };
  }
}

/** The nodes of --devices; by default the one of the node description. */
async function nodes({
  devices,
  node,
  region,
  subBand,
}: Options): Promise<{ registrations: DeviceRegistration[]; region: RegionName; subBand?: number | undefined }> {
  if (devices) return { registrations: await readDevices(devices), region: region ?? "EU868", subBand };
  const { radio } = await readNode(node);
  const { devEui, joinEui, appKey } = radio;
  const registrations = [{ devEui, joinEui, appKey }];
  return { registrations, region: region ?? radio.region, subBand: subBand ?? radio.subBand };
}

/** Runs until it is interrupted. @throws UserError for a port or a state that cannot be used, and when the state cannot be written */
async function serve(
  { listen: port, host, state, clockPeriod, clockResync }: Options,
  { region, registrations, subBand }: Awaited<ReturnType<typeof nodes>>,
): Promise<void> {
  if (subBand !== undefined && regions[region].plan !== "fixed")
    throw new UserError(`--sub-band ${subBand}: ${region} has no sub-bands, only US915 and AU915 have`);
  const network = new OwnNetwork({
    region,
    registrations,
    subBand,
    host,
    port,
    state,
    clockPeriod,
    clockResync,
    onEvent: print,
  });
  network.onUplink((uplink) => {
    const { devEui, port, counter, dataRate, receptions: gateways } = uplink;
    print({ event: "uplink", devEui, port, counter, dataRate, gateways, ...describe(uplink, network.memory) });
    return Promise.resolve({ answered: Promise.resolve() });
  });
  const interrupted = new Promise<void>((resolve) => process.once("SIGINT", resolve));
  try {
    await network.start();
    await Promise.race([interrupted, network.failed]);
  } finally {
    await network.close();
  }
  print({ event: "closed", ...network.statistics });
}

export default new Command("gateway")
  .description(
    "Run a small LoRaWAN network server for gateways that speak the Semtech UDP protocol; with --forwarder, simulated nodes and a simulated gateway for a real network server. Prints one JSON event per line.",
  )
  .option("--devices <file>", "JSON list of the nodes and their keys; default: only the node of the node description")
  .option("--node <file>", nodeHelp)
  .option("--region <name>", "frequency plan (default: the node description's; with --devices EU868)", parseRegion)
  .option(
    "--sub-band <n>",
    "US915 and AU915: sub-band of eight channels that the gateways use (default: the node description's)",
    parseSubBand,
  )
  .option(
    "--listen <port>",
    "UDP port for gateways; loam script send talks to the TCP port with this number",
    parsePort,
    1700,
  )
  .option("--host <address>", "address to listen on", "127.0.0.1")
  .option("--state <file>", "store sessions, counters and received payloads there, and resume from it")
  .option(
    "--clock-period <seconds>",
    "nodes are to ask for the time so often, on port 202 (TS003): 128, 256, 512 ...",
    parsePeriod,
  )
  .option("--clock-resync <n>", "each node is to ask for the time up to n times (1 to 7), once", parseResync)
  .option("--forwarder <host:port>", "a real network server, to which the simulated nodes connect")
  .option("--eui <hex>", "with --forwarder: the simulated gateway's EUI", "aa555a0000000000")
  .option("--hours <n>", "with --forwarder: simulated hours", positive, 1)
  .option("--every <seconds>", "with --forwarder: seconds between two reports of a node", positive, 900)
  .action(async (options: Options) => {
    const network = await nodes(options);
    const { registrations, region } = network;
    const { forwarder, eui, hours, every } = options;
    if (forwarder)
      await runBehindForwarder({
        forwarder,
        eui,
        region,
        devices: registrations,
        hours,
        everySeconds: every,
        onEvent: print,
      });
    else await serve(options, network);
  });
