/** Counts in C: a class by the SDK's Native API. */
export default class Counter extends (Native("xs_counter_destructor") as new () => object) {
  constructor(start: number) {
    super();
    native("xs_counter").call(this, start);
  }
  next(): number {
    return native("xs_counter_next").call(this) as number;
  }
}
