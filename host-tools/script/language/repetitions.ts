/**
 * Repetitions that XS matches otherwise than ECMAScript. XS keeps one count a quantifier, and where its last repetition ended, beside what it goes back to: when it
 * goes back into an earlier repetition these are of a later one. It clears captures of a repeated group when a repetition begins, but not in a lazy one, and does
 * not look for another way when a repetition has matched nothing. (xsre.c of the Moddable SDK, XS 17.7; test/script/patterns.test.ts compares with Node.)
 */
import type { AST } from "@eslint-community/regexpp";
import {
  containsCapturingGroup,
  FirstConsumedChars,
  getFirstConsumedChar,
  getMatchingDirection,
  hasSomeAncestor,
  hasSomeDescendant,
  isPotentiallyZeroLength,
  type FirstConsumedChar,
  type ReadonlyFlags,
} from "regexp-ast-analysis";

/** What is wrong with a repetition, and what to write instead. */
export interface Misfit {
  quantifier: AST.Quantifier;
  why: string;
  hint: string;
}

type Group = AST.Group | AST.CapturingGroup;

const isVariable = ({ min, max }: AST.Quantifier): boolean => min !== max;
/** Those for which the count decides, whatever was before: not `*`, `+`, `?`, `{1}`. */
const isCounted = ({ min, max }: AST.Quantifier): boolean => min > 1 || (max > 1 && max !== Infinity);

/** Inside of the element, but not of look-arounds in it: nothing goes back into those. */
function insideOf<T extends AST.Node>(element: AST.Element, test: (node: AST.Node) => node is T): T[] {
  const found: T[] = [];
  hasSomeDescendant(
    element,
    (node) => {
      if (test(node)) found.push(node);
      return false;
    },
    (node) => node.type !== "Assertion",
  );
  return found;
}

const isAlternation = (node: AST.Node): node is Group =>
  (node.type === "Group" || node.type === "CapturingGroup") && node.alternatives.length > 1;
const isVariableQuantifier = (node: AST.Node): node is AST.Quantifier => node.type === "Quantifier" && isVariable(node);

/** The first characters from behind the element to the end of the pattern, with repetitions of what it is in. */
function after(element: AST.Element, flags: ReadonlyFlags): FirstConsumedChar {
  const anything = FirstConsumedChars.emptyConcat(flags);
  const alternative = element.parent;
  if (alternative.type === "Quantifier") return afterRepetition(alternative, flags);
  if (alternative.type !== "Alternative") return anything;
  const isForward = getMatchingDirection(element) === "ltr";
  const at = alternative.elements.indexOf(element);
  const rest = isForward ? alternative.elements.slice(at + 1) : alternative.elements.slice(0, at).reverse();
  const owner = alternative.parent;
  const beyond = owner.type === "Group" || owner.type === "CapturingGroup" ? after(owner, flags) : anything;
  return FirstConsumedChars.concat(
    [...rest.map((each) => getFirstConsumedChar(each, getMatchingDirection(element), flags)), beyond],
    flags,
  );
}

function afterRepetition(quantifier: AST.Quantifier, flags: ReadonlyFlags): FirstConsumedChar {
  const beyond = after(quantifier, flags);
  if (quantifier.max < 2) return beyond;
  const again = getFirstConsumedChar(quantifier.element, getMatchingDirection(quantifier), flags);
  return FirstConsumedChars.union([again, beyond], flags);
}

function areDisjoint(ways: readonly FirstConsumedChar[]): boolean {
  const sets = ways.map((way) => FirstConsumedChars.toLook(way).char);
  return sets.every((set, at) => sets.slice(at + 1).every((other) => set.isDisjointWith(other)));
}

/** Whether the next character alone decides which alternative it is; nothing but the last one may be without characters. */
function isDecidedAlternation(group: Group, flags: ReadonlyFlags): boolean {
  const direction = getMatchingDirection(group);
  const beyond = after(group, flags);
  const ways = group.alternatives.map((alternative) =>
    FirstConsumedChars.concat([getFirstConsumedChar(alternative, direction, flags), beyond], flags),
  );
  return !group.alternatives.slice(0, -1).some((each) => isPotentiallyZeroLength(each, flags)) && areDisjoint(ways);
}

/** Whether the next character alone decides if there is another repetition. */
const isDecidedRepetition = (quantifier: AST.Quantifier, flags: ReadonlyFlags): boolean =>
  quantifier.greedy &&
  areDisjoint([
    getFirstConsumedChar(quantifier.element, getMatchingDirection(quantifier), flags),
    after(quantifier, flags),
  ]);

/** Whether XS never goes back into a repetition to go on in another way. */
function isDecided(quantifier: AST.Quantifier, flags: ReadonlyFlags): boolean {
  const isRepeated = hasSomeAncestor(quantifier, (above) => above.type === "Quantifier" && above.max > 1);
  if (!quantifier.greedy && isVariable(quantifier) && isRepeated) return false;
  return (
    insideOf(quantifier.element, isAlternation).every((group) => isDecidedAlternation(group, flags)) &&
    insideOf(quantifier.element, isVariableQuantifier).every((inner) => isDecidedRepetition(inner, flags))
  );
}

/** Captures of a lazy repetition, which an earlier one may have left. */
function leavesCaptures({ element, greedy, min, max }: AST.Quantifier, hasReferences: boolean): boolean {
  if (greedy || max < 2 || min === max || !containsCapturingGroup(element)) return false;
  const isWhole =
    element.type === "CapturingGroup" &&
    !hasSomeDescendant(element, (node) => node !== element && node.type === "CapturingGroup");
  return hasReferences || !isWhole;
}

function misfitOf(
  quantifier: AST.Quantifier,
  flags: ReadonlyFlags,
  hasReferences: boolean,
): Omit<Misfit, "quantifier"> | undefined {
  if (quantifier.max === 0) return undefined;
  if (isPotentiallyZeroLength(quantifier.element, flags))
    return {
      why: "a repetition of what can match nothing",
      hint: "one of the group's own: `(?:a|b)*` for `(?:a*|b)*`, `(?:a|b)?` for `(?:a|b|)`",
    };
  if (leavesCaptures(quantifier, hasReferences))
    return { why: "a capturing group in a lazy repetition", hint: "`(?:...)`, or `*` for `*?`" };
  if ((isCounted(quantifier) || hasReferences) && !isDecided(quantifier, flags))
    return hasReferences
      ? {
          why: "a repetition with several ways to match, and a back-reference",
          hint: "two expressions, or a comparison of the captures",
        }
      : {
          why: "a counted repetition of what can match in several ways",
          hint: "the group as often as it is to be, `*` or `+` for the count, or alternatives that begin differently",
        };
  return undefined;
}

/** The repetitions of a pattern that XS matches otherwise. */
export function misfits(pattern: AST.Pattern, flags: ReadonlyFlags): Misfit[] {
  const hasReferences = hasSomeDescendant(pattern, ({ type }) => type === "Backreference");
  const found: Misfit[] = [];
  hasSomeDescendant(pattern, (node) => {
    const misfit = node.type === "Quantifier" ? misfitOf(node, flags, hasReferences) : undefined;
    if (misfit) found.push({ quantifier: node as AST.Quantifier, ...misfit });
    return false;
  });
  return found;
}
