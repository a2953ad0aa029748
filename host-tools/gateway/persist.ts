import type { RegionName } from "../../device/lorawan/types.js";
import type { Device, NetworkSession, QueuedDownlink } from "./device.js";
import { initialParameters, type LinkParameters } from "./parameters.js";
import type { PersistedRequests } from "./requests.js";
import type { StateEntry } from "./statefile.js";

/** A node's state that must survive a restart of the network server; plain data, bytes in hexadecimal. */
export interface PersistedDevice {
  devEui: string;
  lastDevNonce: number;
  joinNonce: number;
  power: number;
  nbTrans?: number;
  /** See Device. Earlier versions did not store it. */
  subBands?: number;
  /** nbTrans as earlier versions stored it. */
  transmissions?: number;
  session?: PersistedSession;
  offered?: PersistedSession;
  /** Earlier versions did not store these three. */
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
  /** Earlier versions stored only the delay. */
  parameters?: LinkParameters;
  rxDelay?: number;
}

interface PersistedDownlink {
  port: number;
  payload: string;
  confirmed: boolean;
}

const persistSession = (session: NetworkSession | undefined): PersistedSession | undefined =>
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
  stored: PersistedSession | undefined,
  region: RegionName,
  listed: boolean,
): NetworkSession | undefined =>
  stored && {
    devAddr: Buffer.from(stored.devAddr, "hex"),
    nwkSKey: Buffer.from(stored.nwkSKey, "hex"),
    appSKey: Buffer.from(stored.appSKey, "hex"),
    lastFrame: Buffer.from(stored.lastFrame, "hex"),
    fCntUp: stored.fCntUp,
    fCntDown: stored.fCntDown,
    parameters: structuredClone(stored.parameters) ?? initialParameters(region, stored.rxDelay, listed),
  };

const hasKeysOf = (one: NetworkSession, other: NetworkSession): boolean =>
  (["devAddr", "nwkSKey", "appSKey"] as const).every((key) => one[key].equals(other[key]));

const persistDownlink = ({ port, payload, confirmed }: QueuedDownlink): PersistedDownlink => ({
  port,
  payload: payload.toString("hex"),
  confirmed,
});
const openDownlink = ({ port, payload, confirmed }: PersistedDownlink): QueuedDownlink => ({
  port,
  payload: Buffer.from(payload, "hex"),
  confirmed,
});

/** All of a server's state. */
export interface PersistedServer {
  nextAddress: number;
  devices: PersistedDevice[];
}

const deviceEntry = (device: PersistedDevice): StateEntry => [`device/${device.devEui}`, device];
const addressEntry = (nextAddress: number): StateEntry => ["address/next", nextAddress];

export function serverEntries({ nextAddress, devices }: PersistedServer): StateEntry[] {
  return [addressEntry(nextAddress), ...devices.map(deviceEntry)];
}

export function persistDevice(device: Device): PersistedDevice {
  const { devEui, lastDevNonce, joinNonce, power, nbTrans, subBands, awaiting } = device;
  return {
    devEui,
    lastDevNonce,
    joinNonce,
    power,
    nbTrans,
    subBands,
    session: persistSession(device.session),
    offered: persistSession(device.offered),
    requests: device.requests.save(),
    queue: device.queue.map(persistDownlink),
    ...(awaiting && { awaiting: persistDownlink(awaiting) }),
  };
}

/** An ABP node whose keys were changed starts with them. */
export function restoreDevice(device: Device, stored: PersistedDevice, region: RegionName): void {
  const old = openSession(stored.session, region, false);
  if (device.session && old && !hasKeysOf(device.session, old)) return;
  const { lastDevNonce, joinNonce, power, session, offered, requests, queue = [], awaiting } = stored;
  const listed = device.appKey !== undefined;
  Object.assign(device, {
    lastDevNonce,
    joinNonce,
    power,
    nbTrans: stored.nbTrans ?? stored.transmissions ?? 1,
    // Where nothing is known a node on all channels must not be narrowed.
    subBands: stored.subBands ?? 0xff,
    session: openSession(session, region, listed),
    offered: openSession(offered, region, listed),
  });
  device.awaiting = awaiting && openDownlink(awaiting);
  device.queue.splice(0, Infinity, ...queue.map(openDownlink));
  if (requests) device.requests.restore(requests);
}
