/** What others have written, on a terminal: names, texts and errors of nodes, packages and networks. */

/** Control characters, those of C1 too, and what turns the direction of text or breaks a line. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const escaped = (text: string): string => {
  let result = "";
  for (let i = 0; i < text.length; i++) result += `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`;
  return result;
};

/** One line: a terminal shows it and does nothing else. */
export const printable = (text: string): string => text.replaceAll(unprintable, escaped);

/** As `printable`, of a text that has lines of its own. */
export const printableLines = (text: string): string => text.split("\n").map(printable).join("\n");

/** JSON in one line, with all of that escaped: it reads the same. */
export const jsonLine = (value: unknown): string => printable(JSON.stringify(value));
