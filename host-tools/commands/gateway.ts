import { Command, InvalidArgumentError } from "commander";
import { decodeUplink, PayloadError } from "../../device/codec/codec.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { readDevices } from "../gateway/devices.js";
import { NetworkServer } from "../gateway/networkserver.js";
import { ForwarderListener } from "../gateway/semtech/listener.js";
import type { Uplink } from "../gateway/types.js";

interface Options {
  listen: number;
  host: string;
  region: RegionName;
  devices: string;
}

/** Gateways deliver their copies of an uplink over the network within this many ms. */
const collectMs = 200;

function parsePort(text: string): number {
  const port = Number(text);
  if (!(Number.isInteger(port) && port >= 0 && port <= 65535)) throw new InvalidArgumentError("a port from 0 (any that is free) to 65535 expected");
  return port;
}

function parseRegion(text: string): RegionName {
  if (!(text in regions)) throw new InvalidArgumentError(`one of ${Object.keys(regions).join(", ")} expected`);
  return text as RegionName;
}

const print = (event: Record<string, unknown>) => process.stdout.write(`${JSON.stringify(event)}\n`);

/** The payload as the codec reads it, or as hexadecimal when it is not loam's. */
function describe({ port, payload }: Uplink): Record<string, unknown> {
  try {
    return { ...decodeUplink(port, payload) };
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    return { payload: payload.toString("hex") };
  }
}

export default new Command("gateway")
  .description("A small LoRaWAN network server for gateways that speak the Semtech UDP protocol; prints one JSON event a line.")
  .requiredOption("--devices <file>", "JSON list of the nodes and their keys")
  .option("--region <name>", "frequency plan", parseRegion, "EU868")
  .option("--listen <port>", "UDP port", parsePort, 1700)
  .option("--host <address>", "address to listen on", "127.0.0.1")
  .action(async ({ listen, host, region, devices }: Options) => {
    const registrations = await readDevices(devices);
    const server = new NetworkServer({
      region,
      collect: (run) => setTimeout(run, collectMs),
      onJoin: (devEui, devNonce) => void print({ event: "join", devEui, devNonce }),
      onUplink: (uplink) => void print({ event: "uplink", devEui: uplink.devEui, port: uplink.port, counter: uplink.counter, dataRate: uplink.dataRate, gateways: uplink.receptions, ...describe(uplink) }),
    });
    for (const registration of registrations) server.addDevice(registration);
    const listener = new ForwarderListener(server, print);
    print({ event: "listening", host, port: await listener.listen(listen, host), region, nodes: registrations.length });
    process.once("SIGINT", () => {
      listener.close();
      print({ event: "closed", ...server.statistics });
    });
  });
