import { decodeUplink, encodeReceived, PayloadError, ports, type Received } from "../../device/codec/codec.js";
import { mostMapBytes, receivedHead } from "../../device/codec/received.js";
import type { Memory } from "../cloud/memory.js";
import type { NetworkServer } from "./networkserver.js";
import type { Uplink } from "./types.js";

/** Bytes of bitmap: of the payloads before a new one, a day's third at four an hour, and of those after one that is repeated. */
const mapBytes = 4;
const repeatMapBytes = 8;
/** What has another downlink on its way gets the plain acknowledgement. */
const others = [ports.decision, ports.command, ports.package, ports.fragments, ports.clock];

/**
 * Answers confirmed uplinks with the sequence numbers of the payloads that have come, in the downlink that has the acknowledgement: the node need not
 * have each of them confirmed.
 */
export class Acknowledger {
  readonly #server: NetworkServer;
  readonly #memory: Memory;
  readonly #onSend: ((devEui: string, received: Received) => void) | undefined;
  /** Sequence number of a confirmed payload to be answered, by DevEUI. */
  readonly #asked = new Map<string, number>();

  /** @param onSend called with what is named */
  constructor(server: NetworkServer, memory: Memory, onSend?: (devEui: string, received: Received) => void) {
    this.#server = server;
    this.#memory = memory;
    this.#onSend = onSend;
  }

  /** NetworkServer's onUplink, once the payload is stored. */
  receive({ devEui, port, payload, confirmed }: Pick<Uplink, "devEui" | "port" | "payload" | "confirmed">): void {
    try {
      const content = decodeUplink(port, payload);
      if (this.#memory.find(devEui, content)?.sequence !== content.sequence) this.#memory.remember(devEui, content);
      if (confirmed) this.#asked.set(devEui, content.sequence);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
    }
  }

  /** NetworkServer's beforeAnswer. */
  fill({ devEui, room }: { devEui: string; room: number }): void {
    const server = this.#server;
    // One that could not be sent is out of date.
    server.dropQueued(devEui, ports.acknowledgement);
    const about = this.#asked.get(devEui);
    this.#asked.delete(devEui);
    const most = Math.min(mostMapBytes, room - receivedHead);
    if (about === undefined || most < 1 || others.some((port) => server.queued(devEui, port) > 0)) return;
    const received = acknowledgement(this.#memory.sequences(devEui), about, most);
    void server.sendDownlink(devEui, ports.acknowledgement, encodeReceived(received));
    this.#onSend?.(devEui, received);
  }
}

/**
 * Names payloads around `about`: those before it when it is the newest, else those after it, since a node repeats the oldest first.
 * @param known sequence numbers of what has come @param most bytes of bitmap
 */
export function acknowledgement(known: Iterable<number>, about: number, most: number): Received {
  const distances = [...known].map((sequence) => ((sequence - about) << 16) >> 16);
  const isNewest = distances.every((distance) => distance <= 0);
  const span = 8 * Math.min(most, isNewest ? mapBytes : repeatMapBytes);
  const named = distances.filter((distance) => (isNewest ? distance > -span : distance >= 0 && distance < span));
  const first = Math.min(0, ...named);
  const map = new Uint8Array(((Math.max(0, ...named) - first) >> 3) + 1);
  for (const distance of [0, ...named]) map[(distance - first) >> 3]! |= 1 << ((distance - first) & 7);
  return { first: (about + first) & 0xffff, map };
}

/** Sequence numbers, in their order. */
export function namedBy({ first, map }: Received): number[] {
  const all = Array.from({ length: 8 * map.length }, (_, at) => (first + at) & 0xffff);
  return all.filter((_, at) => ((map[at >> 3]! >> (at & 7)) & 1) === 1);
}
