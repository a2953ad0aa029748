/** The boards that a node description can name: one row each. */
import type { Board } from "./boards/board.js";
import { esp32Devkitc } from "./boards/esp32Devkitc.js";
import { heltecV3 } from "./boards/heltecV3.js";
import { lilygoT3 } from "./boards/lilygoT3.js";
import { xiaoEsp32c3, xiaoEsp32s3Header, xiaoEsp32s3Kit } from "./boards/xiaoWio.js";

const boards = {
  "heltec-v3": heltecV3,
  "lilygo-t3": lilygoT3,
  "xiao-esp32c3-wio": xiaoEsp32c3,
  "xiao-esp32s3-wio": xiaoEsp32s3Header,
  "xiao-esp32s3-wio-kit": xiaoEsp32s3Kit,
  "esp32-devkitc": esp32Devkitc,
} as const satisfies Record<string, Board>;

export type BoardName = keyof typeof boards;
export const boardNames = Object.keys(boards) as [BoardName, ...BoardName[]];

export const isBoard = (name: unknown): name is BoardName => typeof name === "string" && Object.hasOwn(boards, name);

export const boardOf = (name: BoardName): Board => boards[name];

/** Keys of a radio's pins that are no pins. */
const noPins = ["spi", "frequency"];

/** The lines from a board to its own radio. */
export const radioLinesOf = ({ radio }: Board): [line: string, pin: number][] =>
  Object.entries(radio?.pins ?? {}).filter(([name]) => !noPins.includes(name));
