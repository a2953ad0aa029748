/** When a receive window opens and how long it stays open, so that a preamble is detected in spite of the clock's error. */
export interface ReceiveWindow {
  /** ms after the nominal time; mostly negative. */
  offset: number;
  symbols: number;
}

/** Symbols of preamble that a chip needs to lock. */
const minimumSymbols = 6;

/** ms of one LoRa symbol. */
export function symbolTime(spreadingFactor: number, bandwidth: number): number {
  return (2 ** spreadingFactor * 1000) / bandwidth;
}

/**
 * The window is as long as the clock error requires, and is centred on the fourth symbol of the 8-symbol preamble: with `e` the error
 * and `t` the symbol time, n = max(6, ceil((2 * 6 - 8) + 2 e / t)) symbols, opened at 4 t - n t / 2 minus the wake-up time.
 * @param error largest error to either side, ms
 * @param wake time from the call to a listening receiver, ms
 */
export function receiveWindow(spreadingFactor: number, bandwidth: number, error: number, wake: number): ReceiveWindow {
  const symbol = symbolTime(spreadingFactor, bandwidth);
  const symbols = Math.max(minimumSymbols, Math.ceil(2 * minimumSymbols - 8 + (2 * error) / symbol));
  return { symbols, offset: Math.ceil(4 * symbol - (symbols * symbol) / 2 - wake) };
}

/** The error after `elapsed` ms of a clock with an error of at most `ppm`, plus the timers' constant error. */
export function clockError(elapsed: number, ppm: number, fixed: number): number {
  return (elapsed * ppm) / 1e6 + fixed;
}
