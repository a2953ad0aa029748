import type { Delivery } from "../store/deliveries.js";

/** What a channel tells: of an alarm, or that it works. */
export interface Message {
  /** The same with each attempt: who gets it twice knows by it. */
  id: string;
  event: "opened" | "closed" | "test";
  /** None with a test. */
  alarm?: Delivery["alarm"];
}

/** A way to tell persons and programs of alarms. */
export interface Channel {
  /** Unique among the channels. */
  readonly name: string;
  /** Messages that it tells at once. */
  readonly most: number;
  /** @returns what is to be known of it, although it has been told @throws ChannelError when it has not */
  tell(messages: readonly Message[]): Promise<string | undefined>;
}

/** Why a message was not taken, without secrets: who sees the page reads it. */
export class ChannelError extends Error {
  override name = "ChannelError";
}

export const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString();
