/** Peaks of XS's memory since the program began. */
const Memory = {
  /** Begins to measure: to be called first. */
  start(): void {
    native("xs_memory_start").call(this);
  },

  /** Slots and chunks, bytes; 0 where it is not known. */
  get heapPeak(): number {
    return native("xs_memory_heap").call(this) as number;
  },

  /** Slots. */
  get stackPeak(): number {
    return native("xs_memory_stack").call(this) as number;
  },
};

export default Memory;
