/** Rules in a Graph that many operators have in common. */
import type { GraphRules } from "../descriptor.js";

/** Moves numbers and computes none. */
export const moves = {
  quantization: { kind: "same", requantize: "none", commutesWithClipping: true },
  error: { growth: 1, steps: 1 },
  fusesActivation: false,
  fusedAs: "never",
  commutesWithScale: false,
  decidedBefore: false,
} as const satisfies Partial<GraphRules>;

/** A function of one number, whose output has a range of its own. */
export const activates = {
  quantization: { kind: "free" },
  error: { growth: 1, steps: 1 },
  fusesActivation: false,
  fusedAs: "never",
  commutesWithScale: false,
  decidedBefore: false,
} as const satisfies Partial<GraphRules>;
