import { Option } from "commander";
import { whole } from "../lib/numbers.js";

const number = whole(0);

/** --external-input, as a list of numbers. */
export const externalInputOption = (): Option =>
  new Option(
    "--external-input <number>",
    "input that lies in memory of the caller's (a camera's frame buffer) instead of the arena, counted from 0; may be given several times",
  )
    .argParser((text: string, named: number[]) => [...new Set([...named, number(text)])])
    .default([], "none");
