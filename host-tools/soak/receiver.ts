import { decodeUplink } from "../../device/codec/codec.js";
import type { Made } from "../radionode/life.js";

export interface DeliveryFigures {
  /** Confirmed payloads that nodes put into their outboxes. */
  confirmedMade: number;
  confirmedDelivered: number;
  confirmedLost: number;
  unconfirmedMade: number;
  unconfirmedDelivered: number;
  /** Repeated because an acknowledgement was lost, and deduplicated by sequence number. */
  repeatsFiltered: number;
  /** Sequence numbers received with two different payloads: one report would count twice, another never. */
  doubled: number;
  /** Payloads that a full outbox refused. */
  dropped: number;
}

interface NodeRecord {
  confirmed: Set<number>;
  unconfirmed: Set<number>;
  delivered: Map<number, string>;
}

/** The application's end: compares the payloads that nodes queued with those received. */
export class Receiver {
  readonly #nodes = new Map<string, NodeRecord>();
  #repeats = 0;
  #doubled = 0;
  #dropped = 0;

  made(devEui: string, event: Made): void {
    const node = this.#node(devEui);
    (event.confirmed ? node.confirmed : node.unconfirmed).add(event.made);
    this.#dropped += event.dropped;
  }

  receive(devEui: string, port: number, payload: Buffer): void {
    const { sequence } = decodeUplink(port, payload);
    const { delivered } = this.#node(devEui);
    const before = delivered.get(sequence);
    const text = `${port} ${payload.toString("hex")}`;
    if (before === undefined) delivered.set(sequence, text);
    else if (before === text) this.#repeats++;
    else this.#doubled++;
  }

  figures(): DeliveryFigures {
    const nodes = [...this.#nodes.values()];
    const sum = (count: (node: NodeRecord) => number) => nodes.reduce((total, node) => total + count(node), 0);
    const delivered = (set: Set<number>, node: NodeRecord) =>
      [...set].filter((sequence) => node.delivered.has(sequence)).length;
    const confirmedMade = sum((node) => node.confirmed.size);
    const confirmedDelivered = sum((node) => delivered(node.confirmed, node));
    return {
      confirmedMade,
      confirmedDelivered,
      confirmedLost: confirmedMade - confirmedDelivered,
      unconfirmedMade: sum((node) => node.unconfirmed.size),
      unconfirmedDelivered: sum((node) => delivered(node.unconfirmed, node)),
      repeatsFiltered: this.#repeats,
      doubled: this.#doubled,
      dropped: this.#dropped,
    };
  }

  #node(devEui: string): NodeRecord {
    let node = this.#nodes.get(devEui);
    if (!node) this.#nodes.set(devEui, (node = { confirmed: new Set(), unconfirmed: new Set(), delivered: new Map() }));
    return node;
  }
}
