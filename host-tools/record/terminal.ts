/** The recording on a terminal that it has to itself: keys set labels, and what is measured is drawn four times a second. */
import { emitKeypressEvents } from "node:readline";
import type { ReadStream, WriteStream } from "node:tty";
import { endKey, labelKeys, liveLines, type LiveState } from "./view.js";

const drawEvery = 250;

export interface TerminalParts {
  input: ReadStream;
  output: WriteStream;
  classes: readonly string[];
  state(): LiveState;
  onLabel(label: string): void;
  onEnd(): void;
}

/** @returns what ends it, and leaves the last picture */
export function openTerminal({ input, output, classes, state, onLabel, onEnd }: TerminalParts): {
  note(line: string): void;
  close(): void;
} {
  let drawn = 0;
  const erase = (): string => (drawn > 0 ? `\u001b[${drawn}A\u001b[J` : "");
  const draw = (): void => {
    const lines = liveLines(state(), output.columns || 80);
    output.write(`${erase()}${lines.join("\n")}\n`);
    drawn = lines.length;
  };
  const onKey = (text: string | undefined, key: { name?: string; ctrl?: boolean }): void => {
    if ((key.ctrl && key.name === "c") || text === endKey) return onEnd();
    if (text === " ") return onLabel("");
    const label = classes[labelKeys.indexOf(text ?? "")];
    if (label !== undefined) onLabel(label);
    draw();
  };
  emitKeypressEvents(input);
  input.setRawMode(true);
  input.resume();
  input.on("keypress", onKey);
  const timer = setInterval(draw, drawEvery);
  draw();
  return {
    /** A line that stays, above the picture. */
    note(line) {
      output.write(`${erase()}${line}\n`);
      drawn = 0;
      draw();
    },
    close() {
      clearInterval(timer);
      draw();
      input.off("keypress", onKey);
      input.setRawMode(false);
      input.pause();
    },
  };
}
