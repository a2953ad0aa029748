import * as statistics from "statistics";
import { Ring } from "../ring.js";

/** The length of the vector that several sensors are the axes of, sample by sample. Each axis may be frames ahead of another: a whole window is held. */
export class Magnitude {
  readonly ring: Ring;
  readonly #axes: number;
  readonly #perFrame: number;
  /** By frame: axes that have given it. */
  readonly #given: Uint8Array;

  /** @param perFrame samples in a frame */
  constructor(axes: number, perFrame: number, frames: number) {
    this.ring = new Ring(perFrame * frames);
    this.#axes = axes;
    this.#perFrame = perFrame;
    this.#given = new Uint8Array(frames);
  }

  /** A new window begins. */
  begin(): void {
    this.#given.fill(0);
  }

  /** An axis has given a frame. @param ring its samples @returns whether all have: then the frame's samples are in `this.ring` */
  endFrame(ring: Ring, frame: number): boolean {
    const count = this.#perFrame;
    const at = frame * count;
    const given = this.#given[frame]!++;
    statistics.squares(ring.buffer, at % ring.capacity, count, this.ring.buffer, at, given === 0 ? 1 : 0);
    if (given + 1 < this.#axes) return false;
    statistics.roots(this.ring.buffer, at, count);
    return true;
  }
}
