/** Figures in xsbug's graph; instrumentsHal.h has their order and units. */
export const instruments = ["arenaUsed", "arenaAvailable", "outboxWaiting", "confidence", "windowTime"] as const;
export type Instrument = (typeof instruments)[number];

const Instruments = {
  /** Has xsbug show them, once. */
  start(): void {
    native("xs_instruments_start").call(this);
  },

  /** @param value is rounded */
  set(which: Instrument, value: number): void {
    native("xs_instruments_set").call(this, instruments.indexOf(which), Math.round(value));
  },
};

export default Instruments;
