/** Disjoint sets of numbers, which are joined. */
export class Sets {
  readonly #parent = new Map<number, number>();

  /** The number that stands for its set. */
  find(item: number): number {
    const parent = this.#parent.get(item) ?? item;
    if (parent === item) return item;
    const root = this.find(parent);
    this.#parent.set(item, root);
    return root;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.find(a), this.find(b)];
    if (first !== second) this.#parent.set(second, first);
  }
}
