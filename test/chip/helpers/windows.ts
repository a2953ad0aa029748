import type { SimulationEvent } from "../../../host-tools/simulate/events.js";
import { simulate, type SimulateOptions } from "../../../host-tools/simulate/simulate.js";
import type { RunResult } from "../../../host-tools/xs/index.js";
import { withFrames, type Frame } from "./frames.js";

export type Given = Parameters<NonNullable<SimulateOptions["run"]>>[0];

export interface Windows<Result> {
  /** Up to the last of the windows and what followed from it. */
  events: SimulationEvent[];
  /** On the air until then. */
  frames: Frame[];
  result: Result;
}

/** Runs a node for some windows of a recorded day; Infinity: to the day's end. */
export async function runWindows<Result extends RunResult>(
  options: SimulateOptions,
  windows: number,
  run: (given: Given) => Promise<Result>,
): Promise<Windows<Result>> {
  const all: SimulationEvent[] = [];
  const frames: Frame[] = [];
  const enough = new AbortController();
  let count = 0;
  let result: Result | undefined;
  await simulate({
    ...options,
    signal: enough.signal,
    onEvent(event) {
      all.push(event);
      if (event.event === "window" && ++count === windows) enough.abort();
    },
    run: async (given) => (result = await run({ ...given, air: withFrames(given.air!, frames) })),
  });
  if (windows === Infinity) return { events: all, frames, result: result! };
  const events = all.slice(
    0,
    all.findLastIndex(({ event }) => event === "window"),
  );
  return {
    events,
    frames: frames.slice(0, events.filter(({ event }) => event === "radio").length),
    result: result!,
  };
}

/** What the node does, and the cloud receives; without the time, which depends on how long code takes. */
export const actionsOf = (events: SimulationEvent[], ...kinds: SimulationEvent["event"][]): unknown[] =>
  events.filter(({ event }) => kinds.includes(event)).map((event) => ({ ...event, time: 0 }));
export const uplinksOf = (events: SimulationEvent[]): unknown[] =>
  events.flatMap((event) =>
    event.event === "uplink"
      ? { payload: event.payload, bytes: event.bytes, counter: event.counter, dataRate: event.dataRate }
      : [],
  );
