export type Path = readonly (string | number)[];

/** Some of a key, with or without separators between its digits, or as bytes of C or strings: a value in a wrong place may be one. */
export const looksSecret = /(?:(?:0x|\\x)?[0-9a-f][\s:,"'_-]{0,4}){8}/i;

const safe = (text: string): string => (looksSecret.test(text) ? `${text.length} characters` : text);

/** A place in JSON as errors name it: `radio.board.pins`, `sensors[2].name`. */
export const pathText = (path: Path): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text ? `${text}.${safe(part)}` : safe(part);
  }, "");
