import Time from "time";

/** A clock's uptime for what asks for `now`, ms. */
export const uptimeOf = (clock: { readonly uptime: number }): { readonly now: number } => ({
  get now() {
    return clock.uptime;
  },
});

/**
 * Time since its construction, ms. `Time.ticks` has 32 bits, and the SDK gives them as a signed integer: after 24.9 days it is
 * negative, after 49.7 it begins again. Here it does not wrap, if it is read more often than that.
 */
export class Uptime {
  #ticks = Time.ticks;
  #elapsed = 0;

  get now(): number {
    const ticks = Time.ticks;
    this.#elapsed += (ticks - this.#ticks) >>> 0;
    this.#ticks = ticks;
    return this.#elapsed;
  }
}
