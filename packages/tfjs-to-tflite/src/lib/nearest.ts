import { distance } from "fastest-levenshtein";

/** The known name that a misspelt one is most likely meant to be: of two equally near the first; nothing when none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  // Two letters that changed places are one edit; a word left out at the end is none.
  const most = Math.min(wanted.length - 1, Math.max(2, Math.floor(wanted.length / 3)));
  const ranked = known
    .map((candidate) => {
      const other = candidate.toLowerCase();
      const isBeginning = wanted.length >= 3 && other.startsWith(wanted);
      return { candidate, edits: isBeginning ? 0 : areSwapped(wanted, other) ? 1 : distance(wanted, other) };
    })
    .sort((a, b) => a.edits - b.edits);
  return ranked[0] && ranked[0].edits <= most ? ranked[0].candidate : undefined;
}

/** Whether two neighbouring letters changed places, and nothing else is different. */
function areSwapped(a: string, b: string): boolean {
  for (let at = 0; at + 1 < a.length; at++)
    if (a.slice(0, at) + a.charAt(at + 1) + a.charAt(at) + a.slice(at + 2) === b) return true;
  return false;
}

/** Error text for an unknown name. @param what e.g. "sensor" */
export function unknownName(what: string, name: string, known: readonly string[], near = nearest(name, known)): string {
  const guess = near === undefined ? "." : `; did you mean "${near}"?`;
  return `, but there is no such ${what}${guess} ${known.length > 0 ? `Known: ${known.join(", ")}` : "None is known"}`;
}
