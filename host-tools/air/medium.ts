import { destroys, draw, logDistanceLoss, signalOf, snrFloor } from "./physics.js";
import type { AirOptions, AirPacket, AirStatistics, Position, Signal } from "./types.js";

export type Reception = "good" | "badCrc" | "lost";

export interface Sent extends AirPacket {
  id: number;
  at: Position;
  header: boolean;
}

interface Path {
  from: Position;
  to: Position;
  /** dB */
  loss: number;
}

const isAt = (one: Position, other: Position): boolean => one.x === other.x && one.y === other.y;

/** Packets on the air, and their reception. Independent of programs and clocks. */
export class Medium {
  readonly statistics: AirStatistics = {
    sent: 0,
    received: 0,
    tooWeak: 0,
    collided: 0,
    dropped: 0,
    halfDuplex: 0,
    noDemodulator: 0,
  };
  readonly #options: AirOptions;
  readonly #pathLoss: (from: Position, to: Position, link: string) => number;
  /** By receiver and sender. */
  readonly #losses = new Map<string, Map<string, Path>>();
  #packets: Sent[] = [];
  #lastId = 0;

  constructor(options: AirOptions) {
    this.#options = options;
    this.#pathLoss = options.pathLoss ?? logDistanceLoss(this.seed);
  }

  add(packet: AirPacket & { header?: boolean }, at: Position): Sent {
    // In one order, whoever sends: the loops over thousands of packets are several times as fast when all have one shape.
    const sent: Sent = {
      id: ++this.#lastId,
      at,
      start: packet.start,
      end: packet.end,
      frequency: packet.frequency,
      sf: packet.sf,
      bandwidth: packet.bandwidth,
      codingRate: packet.codingRate,
      invertIQ: packet.invertIQ,
      crc: packet.crc,
      preamble: packet.preamble,
      syncWord: packet.syncWord,
      power: packet.power,
      payload: packet.payload,
      from: packet.from,
      impairment: packet.impairment,
      header: packet.header ?? true,
    };
    this.#packets.push(sent);
    this.statistics.sent++;
    return sent;
  }

  get seed(): number {
    return this.#options.seed ?? 1;
  }

  get packets(): readonly Sent[] {
    return this.#packets;
  }

  find(id: number): Sent | undefined {
    return this.#packets.find((packet) => packet.id === id);
  }

  /** Removes packets that can no longer be received or interfere. */
  forget(before: number): void {
    this.#packets = this.#packets.filter((packet) => packet.end >= before);
  }

  signal(packet: Sent, receiver: string, at: Position): Signal {
    const losses = this.#losses.get(receiver) ?? new Map<string, Path>();
    this.#losses.set(receiver, losses);
    let known = losses.get(packet.from);
    if (!known || !isAt(known.from, packet.at) || !isAt(known.to, at)) {
      const link = packet.from < receiver ? `${packet.from}~${receiver}` : `${receiver}~${packet.from}`;
      known = { from: packet.at, to: at, loss: this.#pathLoss(packet.at, at, link) };
      losses.set(packet.from, known);
    }
    return signalOf(packet, known.loss);
  }

  /**
   * To be called at the packet's end, when all earlier packets are known.
   * @param hasDemodulator whether the receiver had a demodulator for the packet; called only if it is strong enough
   */
  receive(packet: Sent, receiver: string, at: Position, hasDemodulator?: () => boolean): Reception {
    const { statistics } = this;
    const signal = this.signal(packet, receiver, at);
    if (
      this.#packets.some((other) => other.from === receiver && other.start < packet.end && packet.start < other.end)
    ) {
      statistics.halfDuplex++;
      return "lost";
    }
    if (signal.snr - packet.impairment < snrFloor(packet.sf)) {
      statistics.tooWeak++;
      return "lost";
    }
    if (hasDemodulator?.() === false) {
      statistics.noDemodulator++;
      return "lost";
    }
    if (
      this.#packets.some(
        (other) =>
          other.id !== packet.id &&
          other.from !== receiver &&
          destroys(other, this.signal(other, receiver, at).rssi, packet, signal.rssi),
      )
    ) {
      statistics.collided++;
      return "badCrc";
    }
    const { lossProbability = 0 } = this.#options;
    if (lossProbability > 0 && draw(this.seed, "loss", packet.from, packet.start, receiver) < lossProbability) {
      statistics.dropped++;
      return "lost";
    }
    statistics.received++;
    return "good";
  }

  /** Strongest signal at a place, dBm; -200 when there is none. */
  level(time: number, frequency: number, bandwidth: number, receiver: string, at: Position): number {
    let strongest = -200;
    for (const packet of this.#packets) {
      if (
        packet.start > time ||
        packet.end <= time ||
        packet.from === receiver ||
        Math.abs(packet.frequency - frequency) >= (packet.bandwidth + bandwidth) / 2
      )
        continue;
      strongest = Math.max(strongest, this.signal(packet, receiver, at).rssi);
    }
    return strongest;
  }
}
