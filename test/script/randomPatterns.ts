import { Random } from "../../host-tools/lib/random.js";

export interface Pattern {
  source: string;
  flags: string;
}

const characters = ["a", "b", "c", "a", "b", ".", "[ab]", "[^a]", "\\w", "\\d"];
const assertions = ["^", "$", "\\b", "\\B"];
const lookArounds = ["?=", "?!", "?<=", "?<!"];
const quantifiers = ["*", "+", "?", "*", "+", "?", "*?", "+?", "??", "{1}", "{2}", "{2,}", "{0,2}", "{1,2}", "{2,3}"];
const lazyQuantifiers = ["{1,3}?", "{0,2}?"];
const flags = ["", "", "", "i", "u", "m", "s", "y"];
const longest = 40;

/** One of JavaScript's regular expressions over a few letters: groups in groups, repeated, with back-references and look-arounds. */
class Writer {
  #groups = 0;
  #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#random.below(list.length)]!;
  }

  #atom(depth: number): string {
    const kind = this.#random.uniform();
    if (depth <= 0 || kind < 0.4) return this.#pick(characters);
    if (kind < 0.62) return `(?:${this.disjunction(depth - 1)})`;
    if (kind < 0.86) {
      this.#groups++;
      return `(${this.disjunction(depth - 1)})`;
    }
    return kind < 0.93 && this.#groups > 0 ? `\\${1 + this.#random.below(this.#groups)}` : this.#pick(characters);
  }

  #term(depth: number): string {
    if (this.#random.chance(0.05)) return this.#pick(assertions);
    if (depth > 0 && this.#random.chance(0.06)) return `(${this.#pick(lookArounds)}${this.disjunction(depth - 1)})`;
    const quantifier = this.#random.chance(0.5) ? this.#pick([...quantifiers, ...lazyQuantifiers]) : "";
    return this.#atom(depth) + quantifier;
  }

  #alternative(depth: number): string {
    return Array.from({ length: this.#pick([0, 1, 1, 1, 2, 2, 3]) }, () => this.#term(depth)).join("");
  }

  disjunction(depth: number): string {
    return Array.from({ length: this.#pick([1, 1, 1, 2, 2, 3]) }, () => this.#alternative(depth)).join("|");
  }
}

function isPattern({ source, flags }: Pattern): boolean {
  try {
    return source !== "" && source.length <= longest && new RegExp(source, flags).source !== "";
  } catch {
    return false;
  }
}

/** So many different ones, of those that pass. */
export function randomPatterns(random: Random, count: number, passes: (pattern: Pattern) => boolean): Pattern[] {
  const found = new Map<string, Pattern>();
  while (found.size < count) {
    const pattern = { source: new Writer(random).disjunction(3), flags: flags[random.below(flags.length)]! };
    if (isPattern(pattern) && passes(pattern)) found.set(pattern.source, pattern);
  }
  return [...found.values()];
}
