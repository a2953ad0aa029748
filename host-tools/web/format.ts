/** Numbers as the pages write them. */
export const whole = (value: number): string => Math.round(value).toLocaleString("en-US");

/** A share; a dash where there is none, as of the precision of a class that was never given. */
export const percent = (share: number | null, digits = 1): string =>
  share === null || Number.isNaN(share) ? "–" : `${(100 * share).toFixed(digits)} %`;

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Text as it stands between tags. */
export const escapeHtml = (text: string): string => text.replace(/[&<>]/g, (character) => escapes[character]!);
