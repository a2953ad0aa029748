import type { Cycle } from "./cycle.js";
import type { PowerTimes } from "../xs/index.js";
import { countUnfit, type UnfitCount, type UnfitReason } from "../features/unfit.js";
import type { SimulationEvent } from "./events.js";

export interface SimulationSummary {
  /** How the node's process has ended before the recording, which has so many windows; undefined when it has not. */
  ended?: { how: string; windows: number };
  windows: number;
  /** Not used for inference. */
  unfit: number;
  /** The faults in these, by sensor and kind. */
  unfitReasons: UnfitCount[];
  /** Verdicts by class. */
  verdicts: Record<string, number>;
  /** Correct verdicts on labelled windows: the node's own, and those finally acted on. */
  labelled: number;
  nodeCorrect: number;
  finalCorrect: number;
  deferrals: number;
  /** Decisions that the node acted on. */
  decisions: number;
  actuations: number;
  /** Payloads received by the cloud, without duplicates. */
  uplinks: number;
  framesUp: number;
  framesDown: number;
  joins: number;
  /** Airtime of the node's frames, ms. */
  airtimeMs: number;
  faults: number;
  /** In the node's outbox at the end. */
  waiting: number;
  arenaUsed: number;
  /** XS's heap on the chip: the peak (a few KB more or less from run to run, depending on when the node is stopped), and the manifest's limit; 0 when nothing was run. */
  heapPeakBytes: number;
  heapLimitBytes: number;
  /** XS's stack: peak slots, and the manifest's limit. */
  stackPeakSlots: number;
  stackLimitSlots: number;
  /** Seconds in each state, of the last run when the simulation was resumed; all 0 when nothing was run. */
  power: PowerTimes;
  cycle: Cycle;
}

export function summarize(
  events: Iterable<SimulationEvent>,
): Omit<
  SimulationSummary,
  "heapPeakBytes" | "heapLimitBytes" | "stackPeakSlots" | "stackLimitSlots" | "power" | "cycle"
> {
  const summary: ReturnType<typeof summarize> = {
    windows: 0,
    unfit: 0,
    unfitReasons: [],
    verdicts: {},
    labelled: 0,
    nodeCorrect: 0,
    finalCorrect: 0,
    deferrals: 0,
    decisions: 0,
    actuations: 0,
    uplinks: 0,
    framesUp: 0,
    framesDown: 0,
    joins: 0,
    airtimeMs: 0,
    faults: 0,
    waiting: 0,
    arenaUsed: 0,
  };
  const seen = new Set<number>();
  const sent = new Set<number>();
  const labels = new Map<number, string>();
  const verdicts = new Map<number, { name: string; final: string; isDeferred: boolean }>();
  const windows = new Map<number, boolean>();
  const unfit = new Map<number, { reasons: UnfitReason[] }>();
  let reasons: UnfitReason[] = [];
  let last = -1;
  // A window that is repeated after a kill begins a few milliseconds earlier or later.
  let newest = -Infinity;
  const windowAt = (time: number): number => (newest = Math.abs(time - newest) < 1 ? newest : time);
  for (const event of events) {
    switch (event.event) {
      case "start":
        summary.arenaUsed = event.arenaUsed;
        summary.waiting = event.waiting;
        break;
      case "window":
        if (!event.isFit) unfit.set(windowAt(event.time), { reasons });
        reasons = [];
        windows.set(windowAt(event.time), event.isFit);
        if (event.label !== undefined) labels.set(windowAt(event.time), event.label);
        summary.waiting = event.waiting;
        break;
      case "verdict":
        // A window that was repeated after a kill has two; the later one is used.
        verdicts.set((last = windowAt(event.time)), {
          name: event.name,
          final: event.name,
          isDeferred: event.decided === "defer",
        });
        break;
      case "decision":
        if (event.outcome !== "acted") break;
        summary.decisions++;
        // Only the newest window's deferral can be acted on.
        setFinal(verdicts.get(last), event.name);
        break;
      case "actuation":
        summary.actuations++;
        break;
      case "uplink":
        seen.add(event.payload.sequence);
        break;
      case "sent":
        // A repetition has left the node before.
        if (!sent.has(event.sequence)) summary.waiting = Math.max(0, summary.waiting - 1);
        sent.add(event.sequence);
        break;
      case "radio":
        if (event.kind === "downlink") summary.framesDown++;
        else {
          summary.framesUp++;
          summary.airtimeMs += event.airtime;
        }
        if (event.kind === "join") summary.joins++;
        break;
      case "fault":
        summary.faults += event.count ?? 1;
        if (event.sensor !== undefined)
          reasons.push({ sensor: event.sensor, kind: event.kind, count: event.count ?? 1 });
        break;
      default:
        // Of no account in the summary.
        break;
    }
  }
  summary.windows = windows.size;
  for (const isFit of windows.values()) if (!isFit) summary.unfit++;
  summary.unfitReasons = countUnfit([...unfit.values()]);
  summary.uplinks = seen.size;
  for (const [time, { name, final, isDeferred }] of verdicts) {
    summary.verdicts[name] = (summary.verdicts[name] ?? 0) + 1;
    if (isDeferred) summary.deferrals++;
    const label = labels.get(time);
    if (label === undefined) continue;
    summary.labelled++;
    if (name === label) summary.nodeCorrect++;
    if (final === label) summary.finalCorrect++;
  }
  summary.airtimeMs = Math.round(summary.airtimeMs);
  return summary;
}

function setFinal(verdict: { final: string } | undefined, name: string): void {
  if (verdict) verdict.final = name;
}
