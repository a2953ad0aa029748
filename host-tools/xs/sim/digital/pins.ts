/**
 * The wires of the simulated board. Digital (embedded:io/digital) writes and reads them; a simulation or a test watches
 * what the node writes and drives what it reads.
 */
export type Level = 0 | 1;
type Watcher = (pin: number, level: Level) => void;

// Made at first use: a preloaded module's collections are in flash and cannot change.
let wires: Map<number, Level> | undefined;
let watching: Set<Watcher> | undefined;
const levels = () => (wires ??= new Map<number, Level>());
const watchers = () => (watching ??= new Set<Watcher>());

const pins = {
  /** The level of a pin; a wire that nobody drives is low. */
  read(pin: number): Level {
    return levels().get(pin) ?? 0;
  },
  /** Puts a level on a pin and tells the watchers, also when it has not changed. */
  write(pin: number, level: Level): void {
    levels().set(pin, level);
    for (const watcher of watchers()) watcher(pin, level);
  },
  /** Calls `watcher` at each write; the result ends that. */
  watch(watcher: Watcher): () => void {
    watchers().add(watcher);
    return () => void watchers().delete(watcher);
  },
};

export default pins;
