import type { AttributeValue, NodeDef } from "./topology.js";

/** The attributes of a node, with the defaults of TensorFlow's op definitions where they are left out. */
export class Attributes {
  readonly #values: Record<string, AttributeValue>;

  constructor({ attr = {} }: NodeDef) {
    this.#values = attr;
  }

  number(name: string, otherwise = 0): number {
    const { i, f } = this.#values[name] ?? {};
    return Number(i ?? f ?? otherwise);
  }

  flag(name: string): boolean {
    return this.#values[name]?.b ?? false;
  }

  numbers(name: string): number[] {
    const { list } = this.#values[name] ?? {};
    return (list?.i ?? list?.f ?? []).map(Number);
  }

  text(name: string, otherwise = ""): string {
    const { s } = this.#values[name] ?? {};
    return s === undefined ? otherwise : atob(s);
  }

  texts(name: string): string[] {
    return (this.#values[name]?.list?.s ?? []).map((text) => atob(text));
  }

  /** The name of a data type: DT_FLOAT. */
  type(name: string): string {
    return String(this.#values[name]?.type ?? "");
  }
}
