import { registrationOf } from "../node/registration.js";
import type { NodeConfig } from "../../device/config.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { readDevices } from "../gateway/devices.js";
import { channelFault, type NetworkSettings } from "../gateway/settings.js";
import { UserError } from "../lib/errors.js";
import { BrokeredNetwork } from "../networks/brokered.js";
import { ChirpStack } from "../networks/chirpstack/dialect.js";
import type { Dialect } from "../networks/dialect.js";
import type { Network } from "../networks/network.js";
import { OwnNetwork, type OwnOptions } from "../networks/own.js";
import { ThingsStack } from "../networks/things/dialect.js";
import type { CloudConfig, NetworkConfig } from "./config.js";

type Listeners = Pick<OwnOptions, "onEvent" | "onNodes">;
type Own = Extract<NetworkConfig, { kind: "own" }>;
type Brokered = Exclude<NetworkConfig, { kind: "own" }>;

/** The network server that a description names; it is not started yet. */
export async function openNetwork(
  { network, names }: CloudConfig,
  node: NodeConfig,
  listeners: Listeners,
): Promise<{ network: Network; /** DevEUIs that it knows. */ registered: string[] }> {
  if (network.kind === "own") return await openOwn(network, node, listeners);
  const { onEvent } = listeners;
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

async function openOwn(network: Own, { radio }: NodeConfig, listeners: Listeners) {
  const registrations = network.devices ? await readDevices(network.devices) : [registrationOf(radio)];
  const { host, port, state, devices, region = radio.region, gateways, station } = network;
  return {
    network: new OwnNetwork({
      ...{ region, registrations, devices, host, port, state, gateways, station },
      ...listeners,
      settings: networkSettings(network, region, region === radio.region ? radio : {}),
    }),
    registered: registrations.map((one) => one.devEui.toLowerCase()),
  };
}

/** @throws UserError for a sub-band or a channel plan where there are none */
function networkSettings(
  { rxDelay, netId, power: rx1, rx2Power: rx2, adr, adrMargin, ...network }: Own,
  region: RegionName,
  nodes: Pick<NetworkSettings, "subBand" | "channelPlan">,
): NetworkSettings {
  const { subBand = nodes.subBand, channelPlan = nodes.channelPlan } = network;
  const channels = { subBand, channelPlan };
  const [what, fault] = channelFault(region, channels) ?? [];
  if (what) throw new UserError(`network.${what} ${channels[what] ?? ""}: ${fault}`);
  return { rxDelay, netId: parseInt(netId, 16), ...channels, adr, adrMargin, power: { rx1, rx2 } };
}
