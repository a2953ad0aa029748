import type { SimulationEvent } from "./events.js";

/**
 * Merges two streams of events, the node's and the network's, in order of time: the node and the air are separate processes, and which
 * of them arrives first is random. An event is passed on when neither can produce an earlier one.
 */
export class Ordered {
  readonly #waiting: { at: number; source: number; number: number; event: SimulationEvent }[] = [];
  readonly #reached = [-Infinity, -Infinity];
  readonly #onEvent: (event: SimulationEvent) => void;
  #count = 0;

  constructor(onEvent: (event: SimulationEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** @param source 0 the node, 1 the network. @param at the event's time, not before the source's last */
  add(source: 0 | 1, at: number, event: SimulationEvent): void {
    this.#waiting.push({ at, source, number: this.#count++, event });
    this.reached(source, at);
  }

  /** The source has advanced to this time. */
  reached(source: 0 | 1, at: number): void {
    this.#reached[source] = Math.max(this.#reached[source]!, at);
    this.#release(Math.min(...this.#reached));
  }

  /** The source has ended. */
  end(): void {
    this.#release(Infinity);
  }

  #release(before: number): void {
    this.#waiting.sort((a, b) => a.at - b.at || a.source - b.source || a.number - b.number);
    let count = 0;
    while (count < this.#waiting.length && (this.#waiting[count]!.at < before || before === Infinity)) count++;
    for (const { event } of this.#waiting.splice(0, count)) this.#onEvent(event);
  }
}
