import type { SimulationEvent } from "../../../host-tools/simulate/events.js";
import { simulate, type SimulateOptions } from "../../../host-tools/simulate/simulate.js";
import type { RunResult } from "../../../host-tools/xs/index.js";
import { withFrames, type Frame } from "./frames.js";

export type Given = Parameters<NonNullable<SimulateOptions["run"]>>[0];

export interface Windows<Result> {
  /** The node's journal up to the last of the windows; without times, which depend on how long code takes, and without peaks of memory. */
  journal: string[];
  /** On the air until then. */
  frames: Frame[];
  /** What the cloud has received of them. */
  uplinks: unknown[];
  result: Result;
}

/** Times, and what XS needs of memory: the host's slots and chunks are others, and it estimates those of the chip. */
const unequal = { at: undefined, time: undefined, seconds: undefined, heapPeak: undefined, stackPeak: undefined };

/** Those that are of these counters, which are in the order of sending: an uplink may have been sent several times, or have nothing for the cloud. */
function receivedOf<Uplink extends { counter: number }>(uplinks: readonly Uplink[], sent: readonly number[]): Uplink[] {
  let next = 0;
  const end = uplinks.findIndex(({ counter }) => {
    const at = sent.indexOf(counter, next);
    if (at >= 0) next = at;
    return at < 0;
  });
  return uplinks.slice(0, end < 0 ? undefined : end);
}

/** Seconds after an uplink in which the air may still have it, however long the two programs take. */
const airSeconds = 60;

/**
 * Runs a node for some windows of a recorded day; Infinity: to the day's end. What it has sent before the last of them has been received: where it did so just
 * before, it runs on until its radio is used again, for which the air must be done with that.
 */
export async function runWindows<Result extends RunResult>(
  options: SimulateOptions,
  windows: number,
  run: (given: Given) => Promise<Result>,
): Promise<Windows<Result>> {
  const events: SimulationEvent[] = [];
  const frames: Frame[] = [];
  const enough = new AbortController();
  let count = 0;
  let lastUplink = -Infinity;
  let result: Result | undefined;
  await simulate({
    ...options,
    signal: enough.signal,
    onEvent(event) {
      events.push(event);
      if (event.event === "radio") {
        if (count >= windows) enough.abort();
        if (event.kind === "uplink") lastUplink = event.time;
      }
      // Either clock may be behind the other, after a power cut for example.
      if (event.event === "window" && ++count === windows && Math.abs(event.time - lastUplink) > airSeconds)
        enough.abort();
    },
    run: async (given) => (result = await run({ ...given, air: withFrames(given.air!, frames) })),
  });
  const all = result!.lines
    .filter((line) => line.startsWith('{"event":'))
    .map((line) => JSON.parse(line) as { event: string; kind?: string; counter?: number });
  const ends = all.flatMap(({ event }, index) => (event === "window" ? index + 1 : []));
  const journal = all.slice(0, ends[windows - 1] ?? all.length);
  const radio = journal.filter(({ event }) => event === "radio");
  const sent = radio.flatMap(({ kind, counter }) => (kind === "uplink" ? [counter!] : []));
  const uplinks = events.flatMap((event) =>
    event.event === "uplink"
      ? { payload: event.payload, bytes: event.bytes, counter: event.counter, dataRate: event.dataRate }
      : [],
  );
  return {
    journal: journal.map((event) => JSON.stringify({ ...event, ...unequal })),
    frames: windows === Infinity ? frames : frames.slice(0, radio.length),
    uplinks: windows === Infinity ? uplinks : receivedOf(uplinks, sent),
    result: result!,
  };
}
