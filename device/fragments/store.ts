import type { FragmentSetup } from "../codec/fragments.js";
import { wordsOf } from "./parity.js";
import type { Staging } from "./staging.js";

/** Bytes of RAM, at most, in which a block is decoded. */
export const decoderBytes = 4096;
/** Coded fragments beyond those that are missing: with 8 more all but one in 256 systems have a solution. */
export const spareRows = 8;

/** Fragments that may be missing when the coded ones are to replace them: what the decoder has memory for. */
export function mostMissing(count: number): number {
  let rows = Math.min(count, 255);
  while (rows > 0 && 4 * (rows + spareRows) * (wordsOf(count) + wordsOf(rows + spareRows)) > decoderBytes) rows--;
  return rows;
}

/** Of a coded fragment: its number, and the complement. */
const markBytes = 4;
const aligned = (bytes: number, step: number): number => Math.ceil(bytes / step) * step;

/**
 * A block's fragments in flash, each written once, so that nothing is erased while they come: a fragment goes to its place in the block, and then a bit of the map is
 * cleared; a coded one goes to the next free place behind the map, and then its mark. After a power cut the fragment is there, or it is not.
 */
export class FragmentStore {
  readonly #staging: Staging;
  readonly #size: number;
  readonly #mapAt: number;
  readonly #rowsAt: number;
  readonly #rowBytes: number;
  readonly #places: number;
  /** As in flash: a bit is set while its fragment is missing. */
  readonly #map: Uint32Array;
  missing = 0;

  constructor(staging: Staging, setup: FragmentSetup) {
    const { count, size } = setup;
    this.#staging = staging;
    this.#size = size;
    this.#mapAt = aligned(count * size, staging.blockBytes);
    this.#rowsAt = this.#mapAt + 4 * wordsOf(count);
    this.#rowBytes = markBytes + aligned(size, 4);
    this.#places = mostMissing(count) + spareRows;
    this.#map = new Uint32Array(staging.read(this.#mapAt, 4 * wordsOf(count)).slice().buffer);
    for (let i = 0; i < count; i++) if (!this.has(i)) this.missing++;
  }

  /** Bytes of flash that a session needs. */
  static room({ count, size }: FragmentSetup, blockBytes: number): number {
    const rows = (mostMissing(count) + spareRows) * (markBytes + aligned(size, 4));
    return aligned(count * size, blockBytes) + 4 * wordsOf(count) + rows;
  }

  has(index: number): boolean {
    return (this.#map[index >> 5]! & (1 << (index & 31))) === 0;
  }

  fragment(index: number): Uint8Array {
    return this.#staging.read(index * this.#size, this.#size);
  }

  /** A fragment that is missing. */
  put(index: number, data: Uint8Array): void {
    this.#staging.write(index * this.#size, data);
    const word = index >> 5;
    this.#map[word]! &= ~(1 << (index & 31));
    this.#staging.write(this.#mapAt + 4 * word, new Uint8Array(this.#map.slice(word, word + 1).buffer));
    this.missing--;
  }

  /** The coded fragment in a place; -1: none, or one that a power cut has left. */
  codedAt(place: number): number {
    const mark = this.#staging.read(this.#rowsAt + place * this.#rowBytes, markBytes);
    const number = mark[0]! | (mark[1]! << 8);
    return number === ((mark[2]! | (mark[3]! << 8)) ^ 0xffff) ? number : -1;
  }

  coded(place: number): Uint8Array {
    return this.#staging.read(this.#rowsAt + place * this.#rowBytes + markBytes, this.#size);
  }

  get places(): number {
    return this.#places;
  }

  /** @returns false when it is there already, or there is no place */
  putCoded(number: number, data: Uint8Array): boolean {
    let free = -1;
    for (let place = 0; place < this.#places; place++) {
      if (this.codedAt(place) === number) return false;
      if (free < 0 && this.#isErased(place)) free = place;
    }
    if (free < 0) return false;
    const at = this.#rowsAt + free * this.#rowBytes;
    this.#staging.write(at + markBytes, data);
    const complement = number ^ 0xffff;
    this.#staging.write(at, Uint8Array.of(number & 255, number >> 8, complement & 255, complement >> 8));
    return true;
  }

  #isErased(place: number): boolean {
    const bytes = this.#staging.read(this.#rowsAt + place * this.#rowBytes, this.#rowBytes);
    for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 255) return false;
    return true;
  }
}
