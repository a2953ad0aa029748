import type { RegionName } from "../../device/lorawan/types.js";
import type { Device, NetworkSession, QueuedDownlink } from "./device.js";
import { initialParameters, type LinkParameters } from "./parameters.js";
import type { PersistedRequests } from "./requests.js";

/** What of a node must outlive a restart of the network server; plain data, bytes in hexadecimal. */
export interface PersistedDevice {
  devEui: string;
  lastDevNonce: number;
  joinNonce: number;
  power: number;
  transmissions: number;
  session?: PersistedSession;
  offered?: PersistedSession;
  /** These three are missing in what earlier versions kept. */
  requests?: PersistedRequests;
  queue?: PersistedDownlink[];
  awaiting?: PersistedDownlink;
}

interface PersistedSession {
  devAddr: string;
  nwkSKey: string;
  appSKey: string;
  lastFrame: string;
  fCntUp: number;
  fCntDown: number;
  /** Missing in what earlier versions kept; they had the delay alone. */
  parameters?: LinkParameters;
  rxDelay?: number;
}

interface PersistedDownlink {
  port: number;
  payload: string;
  confirmed: boolean;
}

const keepSession = (session: NetworkSession | undefined): PersistedSession | undefined =>
  session && {
    devAddr: session.devAddr.toString("hex"),
    nwkSKey: session.nwkSKey.toString("hex"),
    appSKey: session.appSKey.toString("hex"),
    lastFrame: session.lastFrame.toString("hex"),
    fCntUp: session.fCntUp,
    fCntDown: session.fCntDown,
    parameters: session.parameters,
  };

const openSession = (
  kept: PersistedSession | undefined,
  region: RegionName,
  listed: boolean,
): NetworkSession | undefined =>
  kept && {
    devAddr: Buffer.from(kept.devAddr, "hex"),
    nwkSKey: Buffer.from(kept.nwkSKey, "hex"),
    appSKey: Buffer.from(kept.appSKey, "hex"),
    lastFrame: Buffer.from(kept.lastFrame, "hex"),
    fCntUp: kept.fCntUp,
    fCntDown: kept.fCntDown,
    parameters: structuredClone(kept.parameters) ?? initialParameters(region, kept.rxDelay, listed),
  };

const keepDownlink = ({ port, payload, confirmed }: QueuedDownlink): PersistedDownlink => ({
  port,
  payload: payload.toString("hex"),
  confirmed,
});
const openDownlink = ({ port, payload, confirmed }: PersistedDownlink): QueuedDownlink => ({
  port,
  payload: Buffer.from(payload, "hex"),
  confirmed,
});

export function keepDevice(device: Device): PersistedDevice {
  const { devEui, lastDevNonce, joinNonce, power, transmissions, awaiting } = device;
  return {
    devEui,
    lastDevNonce,
    joinNonce,
    power,
    transmissions,
    session: keepSession(device.session),
    offered: keepSession(device.offered),
    requests: device.requests.save(),
    queue: device.queue.map(keepDownlink),
    ...(awaiting && { awaiting: keepDownlink(awaiting) }),
  };
}

export function restoreDevice(device: Device, kept: PersistedDevice, region: RegionName): void {
  const { lastDevNonce, joinNonce, power, transmissions, session, offered, requests, queue = [], awaiting } = kept;
  const listed = device.appKey !== undefined;
  Object.assign(device, {
    lastDevNonce,
    joinNonce,
    power,
    transmissions,
    session: openSession(session, region, listed),
    offered: openSession(offered, region, listed),
  });
  device.awaiting = awaiting && openDownlink(awaiting);
  device.queue.splice(0, Infinity, ...queue.map(openDownlink));
  if (requests) device.requests.restore(requests);
}
