import { Command, InvalidArgumentError } from "commander";
import { decodeUplink, PayloadError } from "../../device/codec/codec.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { Memory } from "../cloud/memory.js";
import { readDevices } from "../gateway/devices.js";
import { runBehindForwarder } from "../forwarder/run.js";
import { ControlServer } from "../gateway/control.js";
import { Deliveries } from "../gateway/deliveries.js";
import { NetworkServer } from "../gateway/networkserver.js";
import { StateFile, readState } from "../gateway/statefile.js";
import { positive } from "../lib/numbers.js";
import { ForwarderListener } from "../gateway/semtech/listener.js";
import type { DeliveryState } from "../script/delivery.js";
import type { DeviceRegistration, Uplink } from "../gateway/types.js";
import { nodeHelp, readNode } from "../node/nodeFile.js";

interface Options {
  listen: number;
  host: string;
  state?: string;
  region?: RegionName;
  devices?: string;
  node?: string;
  forwarder?: string;
  eui: string;
  hours: number;
  every: number;
}

/** Gateways deliver their copies of an uplink over the network within this many ms. */
const collectMs = 200;

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

const print = (event: Record<string, unknown>) => process.stdout.write(`${JSON.stringify(event)}\n`);

/** The decoded payload and whether it is a duplicate; in hexadecimal when it is not one of loam's. */
function describe({ devEui, port, payload }: Uplink, memory: Memory): Record<string, unknown> {
  try {
    const content = decodeUplink(port, payload);
    const known = memory.find(devEui, content);
    if (known?.sequence !== content.sequence) memory.remember(devEui, content);
    return { duplicate: known !== undefined, ...content };
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    return { payload: payload.toString("hex") };
  }
}

/** The nodes of --devices; by default the one of the node description. */
async function nodes({
  devices,
  node,
  region,
}: Options): Promise<{ registrations: DeviceRegistration[]; region: RegionName }> {
  if (devices) return { registrations: await readDevices(devices), region: region ?? "EU868" };
  const { radio } = await readNode(node);
  const { devEui, joinEui, appKey } = radio;
  return { registrations: [{ devEui, joinEui, appKey }], region: region ?? radio.region };
}

/** Without the package itself. */
function shown({ name, sequence, phase, reason, sent, size }: DeliveryState): Record<string, unknown> {
  return { name, sequence, phase, ...(reason !== undefined && { reason }), fragments: sent, size };
}

/** Runs until it is interrupted. @throws UserError for a port or a state that cannot be used, and when the state cannot be written */
async function serve(
  { listen, host, state: file }: Options,
  region: RegionName,
  registrations: DeviceRegistration[],
): Promise<void> {
  const memory = new Memory();
  let fail!: (error: unknown) => void;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const stateFile: StateFile | undefined = file
    ? new StateFile(file, () => ({
        region,
        network: server.save(),
        payloads: memory.save(),
        packages: deliveries.save(),
      }))
    : undefined;
  const server: NetworkServer = new NetworkServer({
    region,
    // Nothing is acknowledged before the state is on disk: without an acknowledgement the node repeats the uplink.
    persist:
      stateFile &&
      (() => stateFile.save().catch((error: unknown) => (fail(error), new Promise<never>(() => undefined)))),
    collect: (run) => setTimeout(() => void run(), collectMs),
    onJoin: (devEui, devNonce) => void print({ event: "join", devEui, devNonce }),
    beforeAnswer: (uplink) => deliveries.fill(uplink),
    onUplink: (uplink) => {
      deliveries.receive(uplink);
      print({
        event: "uplink",
        devEui: uplink.devEui,
        port: uplink.port,
        counter: uplink.counter,
        dataRate: uplink.dataRate,
        gateways: uplink.receptions,
        ...describe(uplink, memory),
      });
    },
  });
  const deliveries: Deliveries = new Deliveries({
    server,
    region,
    registrations,
    now: () => Math.round(Date.now() / 1000),
    onChange: ({ devEui, delivery }) => void print({ event: "package", devEui, ...shown(delivery!) }),
  });
  for (const registration of registrations) server.addDevice(registration);
  const state = file ? await readState(file, region) : undefined;
  if (state) {
    server.restore(state.network);
    memory.restore(state.payloads);
    deliveries.restore(state.packages ?? []);
  }
  const listener = new ForwarderListener(server, print);
  const control = new ControlServer(deliveries, () => stateFile?.save() ?? Promise.resolve());
  const interrupted = new Promise<void>((resolve) => process.once("SIGINT", resolve));
  try {
    const port = await listener.listen(listen, host);
    await control.listen(port);
    print({
      event: "listening",
      host,
      port,
      region,
      nodes: registrations.length,
      ...(state && { restored: state.network.devices.length }),
    });
    await Promise.race([interrupted, failed]);
  } finally {
    listener.close();
    control.close();
  }
  print({ event: "closed", ...server.statistics });
}

export default new Command("gateway")
  .description(
    "Run a small LoRaWAN network server for gateways that speak the Semtech UDP protocol; with --forwarder, simulated nodes and a simulated gateway for a real network server. Prints one JSON event per line.",
  )
  .option("--devices <file>", "JSON list of the nodes and their keys; default: only the node of the node description")
  .option("--node <file>", nodeHelp)
  .option("--region <name>", "frequency plan (default: the node description's; with --devices EU868)", parseRegion)
  .option(
    "--listen <port>",
    "UDP port for gateways; loam script send talks to the TCP port with this number",
    parsePort,
    1700,
  )
  .option("--host <address>", "address to listen on", "127.0.0.1")
  .option("--state <file>", "store sessions, counters and received payloads there, and resume from it")
  .option("--forwarder <host:port>", "a real network server, to which the simulated nodes connect")
  .option("--eui <hex>", "with --forwarder: the simulated gateway's EUI", "aa555a0000000000")
  .option("--hours <n>", "with --forwarder: simulated hours", positive, 1)
  .option("--every <seconds>", "with --forwarder: seconds between two reports of a node", positive, 900)
  .action(async (options: Options) => {
    const { registrations, region } = await nodes(options);
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
    else await serve(options, region, registrations);
  });
