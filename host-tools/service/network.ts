import type { NodeConfig } from "../../device/config.js";
import { readDevices } from "../gateway/devices.js";
import { BrokeredNetwork } from "../networks/brokered.js";
import { ChirpStack } from "../networks/chirpstack/dialect.js";
import type { Dialect } from "../networks/dialect.js";
import type { Network } from "../networks/network.js";
import { OwnNetwork } from "../networks/own.js";
import { ThingsStack } from "../networks/things/dialect.js";
import type { CloudConfig, NetworkConfig } from "./config.js";

type OnEvent = (event: Record<string, unknown>) => void;
type Own = Extract<NetworkConfig, { kind: "own" }>;
type Brokered = Exclude<NetworkConfig, { kind: "own" }>;

/** The network server that a description names; it is not started yet. */
export async function openNetwork(
  { network, names }: CloudConfig,
  node: NodeConfig,
  onEvent: OnEvent,
): Promise<{ network: Network; /** DevEUIs that it knows. */ registered: string[] }> {
  if (network.kind === "own") return await openOwn(network, node, onEvent);
  const named = new Set(names.map(({ devEui }) => devEui.toLowerCase()));
  const accepts = network.onlyNamed ? (devEui: string) => named.has(devEui) : undefined;
  const dialect = dialectOf(network, node);
  const { username = defaultUser(network) } = network;
  return {
    network: new BrokeredNetwork({ dialect, broker: { ...network, username }, accepts, onEvent }),
    registered: [],
  };
}

function dialectOf(network: Brokered, { radio }: NodeConfig): Dialect {
  if (network.kind === "chirpstack") return new ChirpStack(network);
  return new ThingsStack({ ...network, region: network.region ?? radio.region });
}

/** The Things Stack's own server: the application. */
function defaultUser(network: Brokered): string | undefined {
  if (network.kind !== "things" || network.pubSub !== undefined) return undefined;
  const { application, tenant } = network;
  return tenant === undefined ? application : `${application}@${tenant}`;
}

async function openOwn(network: Own, { radio }: NodeConfig, onEvent: OnEvent) {
  const { devEui, joinEui, appKey } = radio;
  const registrations = network.devices ? await readDevices(network.devices) : [{ devEui, joinEui, appKey }];
  const { host, port, state, region = radio.region } = network;
  return {
    network: new OwnNetwork({ region, registrations, subBand: radio.subBand, host, port, state, onEvent }),
    registered: registrations.map((one) => one.devEui.toLowerCase()),
  };
}
