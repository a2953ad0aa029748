/**
 * The wires of the simulated board. Digital (embedded:io/digital) writes and reads them; a simulation or a test observes
 * what the node writes and sets what it reads.
 */
export type Level = 0 | 1;
type Watcher = (pin: number, level: Level) => void;

// Created at first use: a preloaded module's collections are in flash and read-only.
let wires: Map<number, Level> | undefined;
let watching: Set<Watcher> | undefined;
const levels = () => (wires ??= new Map<number, Level>());
const watchers = () => (watching ??= new Set<Watcher>());

const pins = {
  /** The level of a pin; an undriven wire is low. */
  read(pin: number): Level {
    return levels().get(pin) ?? 0;
  },
  /** Sets a pin's level and notifies the watchers, even when it has not changed. */
  write(pin: number, level: Level): void {
    levels().set(pin, level);
    for (const watcher of watchers()) watcher(pin, level);
  },
  /** Calls `watcher` at each write; the result unsubscribes. */
  watch(watcher: Watcher): () => void {
    watchers().add(watcher);
    return () => void watchers().delete(watcher);
  },
};

export default pins;
