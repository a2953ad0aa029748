/**
 * The wires of the simulated board. Digital (embedded:io/digital) writes and reads them; a simulation or a test observes
 * what the node writes and sets what it reads. Pads that are held keep their level through a deep sleep.
 */
export type Level = 0 | 1;
type Watcher = (pin: number, level: Level) => void;

// Created at first use: a preloaded module's collections are in flash and read-only.
let watching: Set<Watcher> | undefined;
const watchers = () => (watching ??= new Set<Watcher>());

const pins = {
  /** The level of a pin; an undriven wire is low. */
  read(pin: number): Level {
    return native("xs_simpins_read").call(this, pin) as Level;
  },
  /** Sets a pin's level and notifies the watchers, even when it has not changed. */
  write(pin: number, level: Level): void {
    native("xs_simpins_write").call(this, pin, level);
    // An iterator is garbage, which a board's pins do not make.
    if (watching && watching.size > 0) for (const watcher of watching) watcher(pin, level);
  },
  /** Calls `watcher` at each write; the result unsubscribes. */
  watch(watcher: Watcher): () => void {
    watchers().add(watcher);
    return () => void watchers().delete(watcher);
  },
};

export default pins;
