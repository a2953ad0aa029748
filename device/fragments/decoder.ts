import { addInto, parityLine, wordsOf } from "./parity.js";
import { spareRows, mostMissing, type FragmentStore } from "./store.js";

/**
 * Replaces missing fragments by coded ones. Which coded fragments make a missing one is found by Gaussian elimination of the parity matrix's lines alone; the data are
 * then read from flash and written once, fragment by fragment: RAM holds the lines, and one fragment.
 */
export class FragmentDecoder {
  readonly #store: FragmentStore;
  readonly #size: number;
  readonly #lineWords: number;
  readonly #missing: number[] = [];
  /** Places of the coded fragments. */
  readonly #places: number[] = [];
  /** Of each: the fragments that it is the XOR of, then the coded fragments. */
  readonly #rows: Uint32Array[] = [];
  #next = 0;
  readonly isSolvable: boolean;

  constructor(store: FragmentStore, count: number, size: number) {
    this.#store = store;
    this.#size = size;
    this.#lineWords = wordsOf(count);
    this.isSolvable = store.missing <= mostMissing(count) && this.#collect(count) && this.#eliminate();
  }

  #collect(count: number): boolean {
    const store = this.#store;
    const most = store.missing + spareRows;
    for (let place = 0; place < store.places && this.#places.length < most; place++)
      if (store.codedAt(place) >= 0) this.#places.push(place);
    if (this.#places.length < store.missing) return false;
    const words = this.#lineWords + wordsOf(this.#places.length);
    for (const [i, place] of this.#places.entries()) {
      const row = new Uint32Array(words);
      parityLine(store.codedAt(place) - count, count, row);
      row[this.#lineWords + (i >> 5)]! |= 1 << (i & 31);
      this.#rows.push(row);
    }
    for (let i = 0; i < count; i++) if (!store.has(i)) this.#missing.push(i);
    return true;
  }

  /** Row i is left with the i-th missing fragment alone, and fragments that are there. */
  #eliminate(): boolean {
    const rows = this.#rows;
    for (const [i, index] of this.#missing.entries()) {
      const word = index >> 5;
      const bit = 1 << (index & 31);
      let pivot = i;
      while (pivot < rows.length && !(rows[pivot]![word]! & bit)) pivot++;
      if (pivot === rows.length) return false;
      const row = rows[pivot]!;
      rows[pivot] = rows[i]!;
      rows[i] = row;
      for (let j = 0; j < rows.length; j++) {
        const other = rows[j]!;
        if (j !== i && other[word]! & bit) for (let k = 0; k < row.length; k++) other[k]! ^= row[k]!;
      }
    }
    return true;
  }

  /** Writes the next missing fragment. @returns whether there are more */
  recover(): boolean {
    const index = this.#missing[this.#next];
    if (!this.isSolvable || index === undefined) return false;
    const row = this.#rows[this.#next++]!;
    const data = new Uint8Array(this.#size);
    const has = (bit: number): boolean => (row[bit >> 5]! & (1 << (bit & 31))) !== 0;
    for (let i = 0; i < 32 * this.#lineWords; i++) if (i !== index && has(i)) addInto(data, this.#store.fragment(i));
    for (let i = 0; i < this.#places.length; i++)
      if (has(32 * this.#lineWords + i)) addInto(data, this.#store.coded(this.#places[i]!));
    this.#store.put(index, data);
    return this.#next < this.#missing.length;
  }
}
