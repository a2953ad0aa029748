import type { SimulationEvent } from "./events.js";

/**
 * Two streams of events, the node's and the world's, as one in order of time: the node and the air are processes of their own, and which
 * of them is heard first is chance. An event is handed on when neither can come up with an earlier one.
 */
export class Ordered {
  readonly #waiting: { at: number; source: number; number: number; event: SimulationEvent }[] = [];
  readonly #reached = [-Infinity, -Infinity];
  readonly #onEvent: (event: SimulationEvent) => void;
  #count = 0;

  constructor(onEvent: (event: SimulationEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** @param source 0 the node, 1 the world. @param at the event's time, not before the source's last */
  add(source: 0 | 1, at: number, event: SimulationEvent): void {
    this.#waiting.push({ at, source, number: this.#count++, event });
    this.reached(source, at);
  }

  /** The source has come so far. */
  reached(source: 0 | 1, at: number): void {
    this.#reached[source] = Math.max(this.#reached[source]!, at);
    this.#release(Math.min(...this.#reached));
  }

  /** Nothing more comes. */
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
