import type { Medium, Sent } from "./medium.js";
import { snrFloor } from "./physics.js";
import type { Position } from "./types.js";

/** Symbols of the preamble after which a demodulator is given to a packet. */
const detection = 4;

/**
 * Which packets a concentrator follows: it looks for preambles on all channels at all spreading factors, and gives each packet that it finds one of its
 * demodulators, first come, first served, until the packet's end. What it finds when all are taken is lost.
 */
export class Demodulators {
  readonly #count: number;
  readonly #medium: Medium;
  readonly #receiver: string;
  readonly #position: Position;
  /** What was decided, by packet. */
  readonly #given = new Map<number, boolean>();

  constructor(count: number, medium: Medium, receiver: string, position: Position) {
    this.#count = count;
    this.#medium = medium;
    this.#receiver = receiver;
    this.#position = position;
  }

  /** Whether the packet got a demodulator. To be asked at its end, when all that began before is known. */
  follow(packet: Sent): boolean {
    const known = this.#given.get(packet.id);
    if (known !== undefined) return known;
    const found = foundAt(packet);
    const before = this.#medium.packets.filter(
      (other) => other.id !== packet.id && other.end > found && isEarlier(other, packet) && this.#finds(other),
    );
    // Few are on the air at once: who got what is asked only when it matters.
    const given = before.length < this.#count || before.filter((other) => this.follow(other)).length < this.#count;
    this.#given.set(packet.id, given);
    if (this.#given.size > 200) for (const id of this.#given.keys()) if (!this.#medium.find(id)) this.#given.delete(id);
    return given;
  }

  /** Whether a preamble is noticed at all: an uplink, strong enough, while the gateway does not send. */
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
