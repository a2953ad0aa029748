import type { RegionName } from "../../device/lorawan/types.js";
import { UserError } from "../lib/errors.js";
import type { SessionKeys } from "./packets.js";
import { abpParameters, type LinkParameters } from "./parameters.js";
import { Requests } from "./requests.js";
import type { DeviceRegistration } from "./types.js";

/** A session, network side. */
export interface NetworkSession extends SessionKeys {
  /** The last uplink's counter, -1: none. */
  fCntUp: number;
  /** The next downlink's. */
  fCntDown: number;
  /** The last uplink's bytes, to distinguish its retransmission from another frame with its counter. */
  lastFrame: Buffer;
  parameters: LinkParameters;
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
  /** Sent in a join accept; active from its first uplink on, since the accept may be lost. */
  offered: NetworkSession | undefined;
  lastDevNonce = -1;
  joinNonce = 0;
  readonly queue: QueuedDownlink[] = [];
  /** A confirmed downlink, sent but not yet acknowledged. */
  awaiting: QueuedDownlink | undefined;
  readonly requests = new Requests();
  /** Best SNR of the last frames, newest last. */
  readonly snrs: number[] = [];
  /** Counters of the last frames, to detect lost ones. */
  readonly counters: number[] = [];
  /** TXPower index and NbTrans of the node, as far as known. */
  power = 0;
  nbTrans = 1;
  /** Fixed plans: the sub-bands in which the node was heard since it joined, one bit each. */
  subBands = 0;
  constructor(registration: DeviceRegistration, region: RegionName) {
    this.devEui = hex(registration.devEui, 8, "devEui").toString("hex");
    if ("appKey" in registration) {
      this.joinEui = hex(registration.joinEui, 8, "joinEui");
      this.appKey = hex(registration.appKey, 16, "appKey");
    } else {
      const keys = {
        devAddr: hex(registration.devAddr, 4, "devAddr"),
        nwkSKey: hex(registration.nwkSKey, 16, "nwkSKey"),
        appSKey: hex(registration.appSKey, 16, "appSKey"),
      };
      this.session = newSession(keys, abpParameters(region, registration));
    }
  }

  /** Link quality and ADR state do not carry over to the next session. */
  forgetLink(): void {
    this.snrs.length = 0;
    this.counters.length = 0;
    this.power = 0;
    this.nbTrans = 1;
    this.subBands = 0;
    this.requests.forgetSent();
  }
}

export function newSession(keys: SessionKeys, parameters: LinkParameters): NetworkSession {
  return { ...keys, fCntUp: -1, fCntDown: 0, lastFrame: Buffer.alloc(0), parameters };
}

/** @throws UserError that never shows the text: it may be a key */
export function hex(text: string, bytes: number, what: string): Buffer {
  if (text.length !== 2 * bytes || !/^[0-9a-f]*$/i.test(text))
    throw new UserError(`${what}: ${2 * bytes} hexadecimal digits expected, ${text.length} characters given`);
  return Buffer.from(text, "hex");
}
