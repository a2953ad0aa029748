import { createHash } from "node:crypto";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { RandomNumbers } from "./randomNumbers.js";

/** Seeded random numbers, the same on every machine (xoroshiro128+, from pure-rand). Streams of different names are independent of each other. */
export class Random extends RandomNumbers {
  constructor(name: string) {
    super(name, xoroshiro128plus(createHash("sha256").update(name).digest().readInt32LE(0)));
  }

  /** An independent stream, so that one part of a simulation can change without changing the others. */
  fork(name: string | number): Random {
    return new Random(`${this.name}/${name}`);
  }
}
