import type { LinkState, SendOptions, SendResult } from "./types.js";

/** The way to the network, as the rest of the node sees it; `LoRaWAN` (lorawan.ts) is one. */
export interface Link {
  readonly state: LinkState;
  /** Resolves when there is a session: at once with a kept one, else after as many join requests as it takes, spaced by the back-off. */
  join(): Promise<void>;
  /** Sends on `port` (1..223) and listens for the answer. Resolves when both windows are over, also when it may not send now; throws RangeError for a bad port. */
  send(port: number, payload: Uint8Array, options?: SendOptions): Promise<SendResult>;
  /** The network has more for the node, or waits for an acknowledgement: the next uplink, a payload or else fetch(), fetches and brings it. */
  readonly wantsUplink: boolean;
  /** An uplink without payload. Resolves as send does. */
  fetch(): Promise<SendResult>;
  /** Bytes of application payload that fit the next uplink at the data rate in force; MAC answers that do not fit beside go ahead of it. */
  maxPayload(): number;
  /** The clock's time in ms from which a payload of `bytes` (default: the largest) may be sent; at most now() when it may be sent at once. */
  nextSendAt(bytes?: number): number;
  /** Asks the network for the time with the next uplink; it arrives in onTime. */
  requestTime(): void;
  /** Asks the network how well it hears the node, with the next uplink; the answer arrives in onLinkCheck. */
  requestLinkCheck(): void;
  /** Stops: pending joins and sends end, the radio sleeps. Works twice. */
  close(): void;
}
