import path from "node:path";
import { windowSamples, type NodeConfig } from "../../device/config.js";
import { missingSample, replayLayout, samplesOffset } from "../../device/replay/format.js";
import { readRecording, type Recording } from "../features/csv.js";
import { readUserFile } from "../lib/files.js";
import type { DayWindow, RecordedDay } from "../report/data.js";
import type { SimulationEvent } from "../simulate/events.js";
import type { SimulationSummary } from "../simulate/summary.js";
import type { ChosenDay } from "./choose.js";

/** What happened in each window: what came from its verdict until the next one's. */
function dayWindows(events: readonly SimulationEvent[]): DayWindow[] {
  const windows = new Map<number, DayWindow>();
  const at = (time: number): DayWindow => {
    const known = windows.get(time) ?? {
      time,
      isFit: true,
      truth: "",
      verdict: null,
      confidence: null,
      decided: "nobody",
      decision: null,
      actions: [],
    };
    windows.set(time, known);
    return known;
  };
  let last: DayWindow | undefined;
  for (const event of events) {
    if (event.event === "verdict") {
      last = at(event.time);
      Object.assign(last, {
        verdict: event.name,
        confidence: event.confidence,
        decided: event.decided === "act" ? "node" : "nobody",
      });
    } else if (event.event === "window") {
      Object.assign(at(event.time), { truth: event.label ?? "", isFit: event.isFit });
    } else if (event.event === "decision" && last && event.outcome === "acted") {
      Object.assign(last, { decision: event.name, decided: "cloud" });
    } else if (event.event === "actuation") {
      last?.actions.push(`${event.actuator} ${event.on ? "on" : "off"}`);
    }
  }
  return [...windows.values()].sort((a, b) => a.time - b.time);
}

/** One value a window for the plot: the mean of a slow sensor, the effective value of one with a spectrum; null where nothing was read. */
function sensorSeries({ replay, times }: Recording, config: NodeConfig): RecordedDay["sensors"] {
  const layout = replayLayout(
    config.sensors.map((sensor) => windowSamples(config, sensor)),
    times.length,
  );
  const view = new DataView(replay.buffer, replay.byteOffset);
  return config.sensors.map(({ name, unit }, sensor) => {
    const squares = config.features.spectra.some((spectrum) => spectrum.sensor === name);
    const values = times.map((_, window) => {
      const from = samplesOffset(layout, window, sensor);
      let [sum, count] = [0, 0];
      for (let i = 0; i < layout.samples[sensor]!; i++) {
        const value = view.getFloat32(from + 4 * i, true);
        if (value === missingSample || Number.isNaN(value)) continue;
        sum += squares ? value * value : value;
        count++;
      }
      return count === 0 ? null : squares ? Math.sqrt(sum / count) : sum / count;
    });
    return { name: squares ? `${name}, effective` : name, unit, values };
  });
}

export async function recordedDay(
  { file, why }: ChosenDay,
  config: NodeConfig,
  events: readonly SimulationEvent[],
  summary: SimulationSummary,
): Promise<RecordedDay> {
  const recording = readRecording(file, await readUserFile(file, "the recording"), config, false);
  const windows = dayWindows(events);
  const verdicts = Object.values(summary.verdicts).reduce((sum, count) => sum + count, 0);
  const reports = new Set(
    events.flatMap((event) =>
      event.event === "uplink" && event.payload.kind === "report" ? [event.payload.sequence] : [],
    ),
  ).size;
  return {
    recording: path.basename(file),
    site: path.basename(file).split("-")[0]!,
    why,
    from: recording.times[0]!,
    to: recording.times.at(-1)! + config.window.seconds,
    everySeconds: config.window.everySeconds,
    windows,
    times: recording.times,
    sensors: sensorSeries(recording, config),
    totals: {
      windows: summary.windows,
      verdicts,
      reports,
      deferrals: summary.deferrals,
      decisions: summary.decisions,
      actuations: summary.actuations,
      uplinks: summary.framesUp,
      downlinks: summary.framesDown,
      airtime: summary.airtimeMs,
    },
  };
}
