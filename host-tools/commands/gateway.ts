import { Command, InvalidArgumentError, Option } from "commander";
import { jsonLine } from "../lib/terminal.js";
import { decodeUplink, PayloadError } from "../../device/codec/codec.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";
import type { Memory } from "../cloud/memory.js";
import { clockPeriods } from "../gateway/clockserver.js";
import { hex } from "../gateway/device.js";
import { readDevices } from "../gateway/devices.js";
import { channelFault, type NetworkSettings } from "../gateway/settings.js";
import { runBehindForwarder } from "../forwarder/run.js";
import { UserError } from "../lib/errors.js";
import { between, collect, positive, wholeBetween } from "../lib/numbers.js";
import { OwnNetwork, type StationOptions } from "../networks/own.js";
import type { DeviceRegistration } from "../gateway/types.js";
import type { ReceivedUplink } from "../store/types.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";
import { registrationOf } from "../node/registration.js";

interface Options {
  listen: number;
  host: string;
  state?: string;
  region?: RegionName;
  subBand?: number;
  channelPlan?: NetworkSettings["channelPlan"];
  devices?: string;
  node?: string;
  forwarder?: string;
  eui: string;
  hours: number;
  every: number;
  clockPeriod?: number;
  clockResync?: number;
  rxDelay?: number;
  netId?: number;
  power?: number;
  rx2Power?: number;
  adr: boolean;
  adrMargin?: number;
  gateway?: string[];
  station?: number;
  stationCert?: string;
  stationKey?: string;
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

function parseNetId(text: string): number {
  if (!/^[0-9a-f]{6}$/i.test(text))
    throw new InvalidArgumentError("six hexadecimal digits expected, such as 000013 for experiments");
  return parseInt(text, 16);
}

function parseGateway(text: string, before?: string[]): string[] {
  try {
    hex(text, 8, "gateway EUI");
  } catch (error) {
    throw new InvalidArgumentError((error as UserError).message);
  }
  return collect(text, before);
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
  channelPlan,
}: Options): Promise<
  { registrations: DeviceRegistration[]; region: RegionName } & Pick<NetworkSettings, "subBand" | "channelPlan">
> {
  if (devices) return { registrations: await readDevices(devices), region: region ?? "EU868", subBand, channelPlan };
  const { radio } = await readNode(node);
  const isSame = region === undefined || region === radio.region;
  return {
    registrations: [registrationOf(radio)],
    region: region ?? radio.region,
    subBand: subBand ?? (isSame ? radio.subBand : undefined),
    channelPlan: channelPlan ?? (isSame ? radio.channelPlan : undefined),
  };
}

/** @throws UserError for a sub-band or a channel plan where there are none */
function networkSettings(
  { rxDelay, netId, power: rx1, rx2Power: rx2, adr, adrMargin }: Options,
  region: RegionName,
  channels: Pick<NetworkSettings, "subBand" | "channelPlan">,
): NetworkSettings {
  const [what, fault] = channelFault(region, channels) ?? [];
  if (what)
    throw new UserError(`--${what === "subBand" ? "sub-band" : "channel-plan"} ${channels[what] ?? ""}: ${fault}`);
  return { rxDelay, netId, ...channels, adr, adrMargin, power: { rx1, rx2 } };
}

function stationOptions({
  station: port,
  stationCert: cert,
  stationKey: key,
}: Partial<Options>): StationOptions | undefined {
  if (port !== undefined) return { port, cert, key, token: process.env["STATION_TOKEN"] || undefined };
  if (cert === undefined && key === undefined) return undefined;
  throw new UserError("--station-cert and --station-key: --station with the port is missing");
}

/** Runs until it is interrupted. @throws UserError for a port or a state that cannot be used, and when the state cannot be written */
async function serve(
  { listen: port, host, state, devices, clockPeriod, clockResync, gateway: gateways, ...options }: Options,
  region: RegionName,
  registrations: DeviceRegistration[],
  settings: NetworkSettings,
): Promise<void> {
  const network = new OwnNetwork({
    region,
    registrations,
    devices,
    settings,
    gateways,
    host,
    port,
    station: stationOptions(options),
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
    "Run a small LoRaWAN network server for gateways that speak the Semtech UDP protocol or LoRa Basics Station's; with --forwarder, simulated nodes and a simulated gateway for a real network server. Prints one JSON event per line.",
  )
  .option(
    "--devices <file>",
    "JSON list of the nodes and their keys, read again whenever it changes; default: only the node of the node description",
  )
  .option("--node <file>", nodeHelp)
  .option("--region <name>", "frequency plan (default: the node description's; with --devices EU868)", parseRegion)
  .option(
    "--sub-band <n>",
    "US915, AU915 and CN470: sub-band of eight channels that the gateways use (default: the node description's, else all)",
    wholeBetween(1, 8),
  )
  .addOption(
    new Option(
      "--channel-plan <name>",
      "CN470: channel plan that the gateways use, or 20 or 26 for both of an antenna (default: the node description's, else all)",
    ).choices(["20", "26", "20A", "20B", "26A", "26B"]),
  )
  .option(
    "--listen <port>",
    "UDP port for gateways; loam script send talks to the TCP port with this number",
    parsePort,
    1700,
  )
  .option(
    "--station <port>",
    "listen on this TCP port for gateways with LoRa Basics Station, too; the environment variable STATION_TOKEN has the token that they must present",
    parsePort,
  )
  .option("--station-cert <file>", "certificate for it, PEM: TLS; stations have its authority in tc.trust")
  .option("--station-key <file>", "the certificate's key, PEM")
  .option("--host <address>", "address to listen on", "127.0.0.1")
  .option("--state <file>", "store sessions, counters and received payloads there (SQLite), and resume from it")
  .option(
    "--clock-period <seconds>",
    "nodes are to ask for the time so often, on port 202 (TS003): 128, 256, 512 ...",
    parsePeriod,
  )
  .option("--clock-resync <n>", "each node is to ask for the time up to n times (1 to 7), once", parseResync)
  .option("--rx-delay <seconds>", "from an uplink to RX1, 1 to 15 (default: 1)", wholeBetween(1, 15))
  .option("--net-id <hex>", "NetID, six digits (default: 000013, for experiments)", parseNetId)
  .option("--power <dBm>", "EIRP of downlinks in RX1 (default: 14; US915 and AU915: 27)", between(-6, 30))
  .option("--rx2-power <dBm>", "the same in RX2 (default: 27; 14 where RX2 has no band of its own)", between(-6, 30))
  .option("--no-adr", "leave data rate and power to the nodes")
  .option("--adr-margin <dB>", "SNR that ADR keeps above what a data rate requires (default: 10)", between(0, 30))
  .option("--gateway <eui>", "hear only this gateway; may be given several times (default: all)", parseGateway)
  .option("--forwarder <host:port>", "a real network server, to which the simulated nodes connect")
  .option("--eui <hex>", "with --forwarder: the simulated gateway's EUI", "aa555a0000000000")
  .option("--hours <n>", "with --forwarder: simulated hours", positive, 1)
  .option("--every <seconds>", "with --forwarder: seconds between two reports of a node", positive, 900)
  .action(async (options: Options) => {
    const { registrations, region, ...channels } = await nodes(options);
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
    else await serve(options, region, registrations, networkSettings(options, region, channels));
  });
