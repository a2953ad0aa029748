import { decodedMappings, TraceMap } from "@jridgewell/trace-mapping";
import type { SourceMap } from "./bundle.js";

/** XS's parser holds a character, and the one after it. */
const ahead = 2;
/** A word, or a character. */
const token = /[$\w\u0080-\uffff]+|[^]/y;
const space = /\s*/y;

/** Where something that begins at index `at` of the text ends. */
function after(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.exec(text);
  return pattern.lastIndex;
}

/** The offset in UTF-8 of each index of the text. */
function offsetsOf(text: string): number[] {
  const offsets: number[] = [];
  let bytes = 0;
  for (const character of text) {
    offsets.push(...Array<number>(character.length).fill(bytes));
    bytes += Buffer.byteLength(character);
  }
  return [...offsets, bytes];
}

/**
 * What XS needs to give a text's code the lines of the files that it was made of: XS itself knows lines of the text only, and a minified one has one line.
 * Each line says at which offset the parser, which reads ahead, changes its line (`l OFFSET LINE`) or its file (`p OFFSET FILE`, a number); files come first (`f PATH`).
 * @param map with absolute paths
 */
export function positionsOf(text: string, map: SourceMap): string {
  const offsets = offsetsOf(text);
  // What the parser has taken when it asks for this offset begins at index `at`.
  const trigger = (at: number): number => {
    let index = at;
    for (let i = 0; i < ahead && index < text.length; i++) index += text.codePointAt(index)! > 0xffff ? 2 : 1;
    return offsets[index]!;
  };
  const places: [at: number, what: string][] = [];
  let file = 0;
  let start = 0;
  for (const line of decodedMappings(new TraceMap(map))) {
    for (const [column, source, sourceLine] of line) {
      if (source === undefined || sourceLine === undefined) continue;
      const at = start + column;
      places.push([trigger(at), `l ${trigger(at)} ${sourceLine + 1}`]);
      if (source === file) continue;
      file = source;
      // A part of the tree is made when the token after it is known, and gets the file that the parser is in then.
      const next = trigger(after(space, text, after(token, text, at)));
      places.push([next, `p ${next} ${source}`]);
    }
    start = text.indexOf("\n", start) + 1 || text.length;
  }
  // So is the whole, which begins with the first file.
  places.push([offsets.at(-1)!, `p ${offsets.at(-1)!} 0`]);
  places.sort(([a], [b]) => a - b);
  return [...map.sources.map((source) => `f ${source}`), ...places.map(([, what]) => what), ""].join("\n");
}
