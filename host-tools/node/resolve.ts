/** A description that names a board, completed with what the board says: its chip, its radio, and how its battery is measured. */
import { boardOf, isBoard } from "./boards.js";
import type { Board, BoardRadio } from "./boards/board.js";

type Keys = Record<string, unknown>;

const isKeys = (value: unknown): value is Keys => typeof value === "object" && value !== null && !Array.isArray(value);

/** The description's own keys come first. Another radio chip than the board's has nothing of the board's wiring. */
function radioOf(own: unknown, ofBoard: BoardRadio): unknown {
  if (own !== undefined && !isKeys(own)) return own;
  if (own?.["chip"] !== undefined && own["chip"] !== ofBoard.chip) return own;
  const pins = own?.["pins"];
  return { ...ofBoard, ...own, ...((pins === undefined || isKeys(pins)) && { pins: { ...ofBoard.pins, ...pins } }) };
}

/** Another pin than the board's has another divider. */
const batteryOf = (own: Keys, ofBoard: NonNullable<Board["battery"]>): Keys =>
  own["pin"] !== undefined && own["pin"] !== ofBoard.pin ? own : { ...ofBoard, ...own };

/** @returns the value itself when it names no known board; nothing of it is checked here */
export function resolveBoard(value: unknown): unknown {
  if (!isKeys(value) || !isBoard(value["board"])) return value;
  const { chip, radio, battery, serial } = boardOf(value["board"]);
  const resolved: Keys = { ...value, chip: Object.hasOwn(value, "chip") ? value["chip"] : chip };
  if (radio && isKeys(value["radio"]))
    resolved["radio"] = { ...value["radio"], board: radioOf(value["radio"]["board"], radio) };
  if (battery && isKeys(value["battery"])) resolved["battery"] = batteryOf(value["battery"], battery);
  if (serial && isKeys(value["serial"])) resolved["serial"] = { ...serial, ...value["serial"] };
  return resolved;
}
