import type { LinkState, SendOptions, SendResult } from "./types.js";

export interface LinkHealth {
  /** Records of flash that were lost, and writes that failed, since the last call. */
  damaged: number;
  failedWrites: number;
  /** Blocks erased in the flash's life. */
  erases: number;
  /** The largest share of the airtime that a band's duty cycle allows in an hour, now: 0..1. */
  duty: number;
}

/** The link to the network, as the rest of the node uses it; `LoRaWAN` (lorawan.ts) implements it. */
export interface Link {
  readonly state: LinkState;
  /** Resolves when there is a session: at once with a stored one, else after as many join requests as it takes, spaced by the back-off. */
  join(): Promise<void>;
  /** While join() waits before it sends a request: the clock's time until which it does; 0 otherwise. */
  readonly joinsAt: number;
  /** No downlink has come for `silenceLimit` uplinks: it is time for rejoin(). */
  readonly wantsRejoin: boolean;
  /** At most one join request. Uplinks go on in the old session until one is accepted. Resolves after its receive windows. */
  rejoin(): Promise<void>;
  /** Sends on `port` (1..223) and listens for the answer. Resolves after the receive windows, or at once when it may not send now; throws RangeError for a bad port. */
  send(port: number, payload: Uint8Array, options?: SendOptions): Promise<SendResult>;
  /** The network has more downlinks (FPending), or waits for an acknowledgement: any uplink serves, a payload or fetch(). */
  readonly wantsUplink: boolean;
  /** Sends an uplink without payload. Resolves like send(). */
  fetch(): Promise<SendResult>;
  /** Bytes of application payload that fit the next uplink at the current data rate; MAC answers that do not fit in FOpts are sent before it. */
  maxPayload(): number;
  /**
   * The clock's time in ms from which a payload of `bytes` (default: the largest) may be sent; not after now() when it may be sent at once.
   * @param spare share of the duty cycle that must be left after it, in the band that has most left; default 0
   */
  nextSendAt(bytes?: number, spare?: number): number;
  /** The largest share of the airtime that a band's duty cycle allows in an hour, now: 0..1. */
  readonly duty: number;
  /** DeviceTimeReq with the next uplink; the answer arrives in onTime. */
  requestTime(): void;
  /** LinkCheckReq with the next uplink; the answer arrives in onLinkCheck. */
  requestLinkCheck(): void;
  takeHealth(): LinkHealth;
  /** Stops: pending joins and sends end, the radio sleeps. May be called twice. */
  close(): void;
}
