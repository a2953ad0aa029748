import { sha256 } from "@noble/hashes/sha2";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { RandomNumbers } from "./randomNumbers.js";

/** Seeded random numbers, the same on every machine (xoroshiro128+, from pure-rand). Streams of different names are independent of each other. */
export class Random extends RandomNumbers {
  constructor(name: string) {
    super(name, xoroshiro128plus(new DataView(sha256(name).buffer).getInt32(0, true)));
  }

  /** An independent stream, so that one part of a simulation can change without changing the others. */
  fork(name: string | number): Random {
    return new Random(`${this.name}/${name}`);
  }
}
