/** The text of what was thrown. A script may throw anything: also what throws again when it is asked for its text. */
export function errorText(error: unknown): string {
  try {
    return String(error);
  } catch {
    return "(what was thrown has no text)";
  }
}
