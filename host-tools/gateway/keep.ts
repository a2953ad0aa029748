import type { Device, NetworkSession } from "./device.js";

/** What of a node must outlive a restart of the network server; queued downlinks are not kept. */
export interface KeptDevice {
  devEui: string;
  lastDevNonce: number;
  joinNonce: number;
  power: number;
  transmissions: number;
  session?: KeptSession;
  offered?: KeptSession;
}

interface KeptSession {
  devAddr: string;
  nwkSKey: string;
  appSKey: string;
  lastFrame: string;
  counterUp: number;
  counterDown: number;
  rxDelay: number;
}

const keepSession = (session: NetworkSession | undefined): KeptSession | undefined =>
  session && {
    devAddr: session.devAddr.toString("hex"),
    nwkSKey: session.nwkSKey.toString("hex"),
    appSKey: session.appSKey.toString("hex"),
    lastFrame: session.lastFrame.toString("hex"),
    counterUp: session.counterUp,
    counterDown: session.counterDown,
    rxDelay: session.rxDelay,
  };

const openSession = (kept: KeptSession | undefined): NetworkSession | undefined =>
  kept && {
    ...kept,
    devAddr: Buffer.from(kept.devAddr, "hex"),
    nwkSKey: Buffer.from(kept.nwkSKey, "hex"),
    appSKey: Buffer.from(kept.appSKey, "hex"),
    lastFrame: Buffer.from(kept.lastFrame, "hex"),
  };

export function keepDevice(device: Device): KeptDevice {
  const { devEui, lastDevNonce, joinNonce, power, transmissions } = device;
  return { devEui, lastDevNonce, joinNonce, power, transmissions, session: keepSession(device.session), offered: keepSession(device.offered) };
}

export function restoreDevice(device: Device, kept: KeptDevice): void {
  const { lastDevNonce, joinNonce, power, transmissions } = kept;
  Object.assign(device, { lastDevNonce, joinNonce, power, transmissions, session: openSession(kept.session), offered: openSession(kept.offered) });
}
