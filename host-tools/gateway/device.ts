import { UserError } from "../lib/errors.js";
import type { SessionKeys } from "./packets.js";
import type { DeviceRegistration } from "./types.js";

/** A session as the network's end holds it. */
export interface NetworkSession extends SessionKeys {
  /** The last uplink's counter, -1: none. */
  counterUp: number;
  /** The next downlink's. */
  counterDown: number;
  /** The last uplink's bytes, to tell its retransmission from another frame with its counter. */
  lastFrame: Buffer;
  rxDelay: number;
}

export interface QueuedDownlink {
  port: number;
  payload: Buffer;
  confirmed: boolean;
  onDone?: (acknowledged: boolean) => void;
}

/** A node known to the network server. */
export class Device {
  readonly devEui: string;
  readonly joinEui: Buffer | undefined;
  readonly appKey: Buffer | undefined;
  session: NetworkSession | undefined;
  /** Offered in a join accept; it takes over with its first uplink, since the accept may not have arrived. */
  offered: NetworkSession | undefined;
  lastDevNonce = -1;
  joinNonce = 0;
  readonly queue: QueuedDownlink[] = [];
  /** A confirmed downlink on its way: sent, not acknowledged. */
  awaiting: QueuedDownlink | undefined;
  /** MAC requests to be sent, whole commands. */
  commands = Buffer.alloc(0);
  /** Best SNR of the last frames, newest last. */
  readonly snrs: number[] = [];
  /** Counters of the last frames, to see the lost ones. */
  readonly counters: number[] = [];
  /** TXPower index and NbTrans that the node has as far as is known. */
  power = 0;
  transmissions = 1;
  /** The LinkADRReq that waits for its answer. */
  adrRequest: Buffer | undefined;

  constructor(registration: DeviceRegistration) {
    this.devEui = hex(registration.devEui, 8, "devEui").toString("hex");
    if ("appKey" in registration) {
      this.joinEui = hex(registration.joinEui, 8, "joinEui");
      this.appKey = hex(registration.appKey, 16, "appKey");
    } else {
      this.session = newSession({
        devAddr: hex(registration.devAddr, 4, "devAddr"),
        nwkSKey: hex(registration.nwkSKey, 16, "nwkSKey"),
        appSKey: hex(registration.appSKey, 16, "appSKey"),
      });
    }
  }

  /** What was learnt of a link does not hold for the next session's. */
  forgetLink(): void {
    this.snrs.length = 0;
    this.counters.length = 0;
    this.power = 0;
    this.transmissions = 1;
    this.adrRequest = undefined;
  }
}

export function newSession(keys: SessionKeys, rxDelay = 1): NetworkSession {
  return { ...keys, counterUp: -1, counterDown: 0, lastFrame: Buffer.alloc(0), rxDelay };
}

/** @throws UserError that names what is wrong, and never shows it: it may be a key */
export function hex(text: string, bytes: number, what: string): Buffer {
  if (text.length !== 2 * bytes || !/^[0-9a-f]*$/i.test(text)) throw new UserError(`${what}: ${2 * bytes} hexadecimal digits expected, ${text.length} characters given`);
  return Buffer.from(text, "hex");
}
