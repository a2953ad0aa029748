import type { Medium, Sent } from "./medium.js";
import { snrFloor } from "./physics.js";
import type { Position } from "./types.js";

/** Symbols of the preamble after which a demodulator is assigned to a packet. */
const detection = 4;

/**
 * Which packets a concentrator demodulates: it searches for preambles on all channels at all spreading factors, and assigns each packet that it finds one of its
 * demodulators, first come, first served, until the packet's end. A packet found when all are in use is lost.
 */
export class Demodulators {
  readonly #count: number;
  readonly #medium: Medium;
  readonly #receiver: string;
  readonly #position: Position;
  /** Decisions by packet. */
  readonly #given = new Map<number, boolean>();

  constructor(count: number, medium: Medium, receiver: string, position: Position) {
    this.#count = count;
    this.#medium = medium;
    this.#receiver = receiver;
    this.#position = position;
  }

  /** Whether the packet got a demodulator. To be called at its end, when all earlier packets are known. */
  follow(packet: Sent): boolean {
    const known = this.#given.get(packet.id);
    if (known !== undefined) return known;
    const found = foundAt(packet);
    const before = this.#medium.packets.filter(
      (other) => other.id !== packet.id && other.end > found && isEarlier(other, packet) && this.#finds(other),
    );
    // Few packets overlap: the assignment is computed only when needed.
    const given = before.length < this.#count || before.filter((other) => this.follow(other)).length < this.#count;
    this.#given.set(packet.id, given);
    if (this.#given.size > 200) for (const id of this.#given.keys()) if (!this.#medium.find(id)) this.#given.delete(id);
    return given;
  }

  /** Whether a preamble is detected: an uplink, strong enough, while the gateway does not send. */
  #finds(packet: Sent): boolean {
    const { from, invertIQ, syncWord, sf, impairment } = packet;
    if (from === this.#receiver || invertIQ || syncWord !== 0x34) return false;
    if (this.#medium.signal(packet, this.#receiver, this.#position).snr - impairment < snrFloor(sf)) return false;
    const found = foundAt(packet);
    return !this.#medium.packets.some(
      (other) => other.from === this.#receiver && other.start < found && other.end > packet.start,
    );
  }
}

function foundAt({ start, sf, bandwidth }: Sent): number {
  return start + detection * (2 ** sf / bandwidth) * 1e6;
}

function isEarlier(a: Sent, b: Sent): boolean {
  return foundAt(a) < foundAt(b) || (foundAt(a) === foundAt(b) && a.from < b.from);
}
