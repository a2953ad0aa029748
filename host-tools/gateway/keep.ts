import type { RegionName } from "../../device/lorawan/types.js";
import type { Device, NetworkSession, QueuedDownlink } from "./device.js";
import { initialParameters, type LinkParameters } from "./parameters.js";
import type { KeptRequests } from "./requests.js";

/** What of a node must outlive a restart of the network server; plain data, bytes in hexadecimal. */
export interface KeptDevice {
  devEui: string;
  lastDevNonce: number;
  joinNonce: number;
  power: number;
  transmissions: number;
  session?: KeptSession;
  offered?: KeptSession;
  /** These three are missing in what earlier versions kept. */
  requests?: KeptRequests;
  queue?: KeptDownlink[];
  awaiting?: KeptDownlink;
}

interface KeptSession {
  devAddr: string;
  nwkSKey: string;
  appSKey: string;
  lastFrame: string;
  counterUp: number;
  counterDown: number;
  /** Missing in what earlier versions kept; they had the delay alone. */
  parameters?: LinkParameters;
  rxDelay?: number;
}

interface KeptDownlink {
  port: number;
  payload: string;
  confirmed: boolean;
}

const keepSession = (session: NetworkSession | undefined): KeptSession | undefined =>
  session && {
    devAddr: session.devAddr.toString("hex"),
    nwkSKey: session.nwkSKey.toString("hex"),
    appSKey: session.appSKey.toString("hex"),
    lastFrame: session.lastFrame.toString("hex"),
    counterUp: session.counterUp,
    counterDown: session.counterDown,
    parameters: session.parameters,
  };

const openSession = (kept: KeptSession | undefined, region: RegionName, listed: boolean): NetworkSession | undefined =>
  kept && {
    devAddr: Buffer.from(kept.devAddr, "hex"),
    nwkSKey: Buffer.from(kept.nwkSKey, "hex"),
    appSKey: Buffer.from(kept.appSKey, "hex"),
    lastFrame: Buffer.from(kept.lastFrame, "hex"),
    counterUp: kept.counterUp,
    counterDown: kept.counterDown,
    parameters: structuredClone(kept.parameters) ?? initialParameters(region, kept.rxDelay, listed),
  };

const keepDownlink = ({ port, payload, confirmed }: QueuedDownlink): KeptDownlink => ({
  port,
  payload: payload.toString("hex"),
  confirmed,
});
const openDownlink = ({ port, payload, confirmed }: KeptDownlink): QueuedDownlink => ({
  port,
  payload: Buffer.from(payload, "hex"),
  confirmed,
});

export function keepDevice(device: Device): KeptDevice {
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

export function restoreDevice(device: Device, kept: KeptDevice, region: RegionName): void {
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
