import { createHash } from "node:crypto";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import type { Predictor } from "../cloud/cloud.js";
import { readRecording, type Recording } from "../features/csv.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { firmwareModel, hostManifest } from "../node/nodeFolder.js";
import { scriptSection } from "../script/pack.js";
import {
  buildHost,
  exitCodes,
  runHost,
  type HeapUse,
  type HostProgram,
  type PowerTimes,
  type RunOptions,
  type RunResult,
  type SerialPeer,
} from "../xs/index.js";
import { cycleOf, steady } from "./cycle.js";
import { endOfRun, isBeyond, recordedWindow } from "./ending.js";
import { endOf, NodeEnded } from "./ended.js";
import type { SimulationEvent } from "./events.js";
import { Ordered } from "./order.js";
import { defaultPredictor, inputQuantization, networksWith } from "./predictor.js";
import { writeResources } from "./resources.js";
import { readStaged, stagePackage } from "./staged.js";
import { withPackageMap, withScript } from "./script.js";
import { SimulationState } from "./state.js";
import { summarize, type SimulationSummary } from "./summary.js";
import { World } from "./world.js";

export interface SimulateOptions {
  /** A recorded day, CSV. */
  recording: string;
  config: NodeConfig;
  /** Another app script: a folder, which takes the place of the firmware's own, or a package, which the node checks and takes as one that came by radio. */
  script?: string;
  /** int8 .tflite for the node, with normalizer.bin beside it; default: the network of the firmware. */
  model?: string;
  /** The cloud's float network. Default: float.tflite beside the node's model, else the node's own. */
  predict?: Predictor;
  /** Folder that stores the node's flash and the position, so that a killed simulation can be resumed. */
  state?: string;
  /** Waits for xsbug at host:port; true: $XSBUG_HOST or localhost:5002. */
  debug?: boolean | string;
  /** Runs the node's program elsewhere than on this machine. */
  run?(options: Omit<RunOptions, "debug">): Promise<RunResult>;
  /** The node begins anew when it crashes, as on the chip; by default that is an error. */
  restartOnCrash?: boolean;
  /** Accesses to flash fail between these two times, seconds after the recording's start. */
  flashFails?: readonly [from: number, to: number];
  /** Each is sent after the first uplink that the cloud has received `at` seconds after the recording's start. */
  downlinks?: readonly { at: number; port: number; payload: Uint8Array }[];
  /** Packages sent in fragments from the first uplink on that comes `at` seconds after the recording's start. */
  packages?: readonly { at: number; bytes: Uint8Array }[];
  /** What is at the other end of the node's UART. */
  serial?: SerialPeer;
  /** Share of packets that are lost at random, 0 to 1; default 0. */
  loss?: number;
  /** Metres from the node to the gateway; default 800. */
  distance?: number;
  onEvent?(event: SimulationEvent): void;
  signal?: AbortSignal;
}

const microseconds = 1e6;
const noPower: PowerTimes = {
  deepSleep: 0,
  lightSleep: 0,
  active: 0,
  transmit: 0,
  receive: 0,
  sleeps: 0,
  resets: 0,
  powerCuts: 0,
  pins: {},
};

/**
 * Runs the node under XS on a recorded day, as fast as possible, with simulated radio chip, air, gateway, network server and cloud.
 * @throws UserError for a bad recording, script or model; NodeEnded when the node's program fails or is killed
 */
export async function simulate(options: SimulateOptions): Promise<SimulationSummary> {
  const { config } = options;
  const content = await readUserFile(options.recording, "the recording");
  const recording = readRecording(options.recording, content, config, false);
  for (const remark of recording.remarks) process.stderr.write(`warning: ${remark}\n`);
  const model = path.resolve(options.model ?? firmwareModel());
  const modelBytes = await readUserFile(model, "the model");
  const predict = options.predict ?? (await defaultPredictor(model));
  const staged = options.script === undefined ? undefined : await readStaged(options.script);
  const program = options.run ? undefined : await hostProgram(options, staged);
  const start = recording.times[0]!;
  const state = options.state
    ? new SimulationState(options.state, await fingerprintOf(options, content, staged))
    : undefined;
  const events = [...(state?.events ?? [])];
  const last = recording.times[recording.times.length - 1]!;
  const from = nextWindow(events, recording) ?? start;
  const end = endOfRun(last, config.window);
  const finished = new AbortController();
  const ordered = new Ordered((event) => {
    events.push(event);
    options.onEvent?.(event);
  });
  const onEvent = (source: 0 | 1, at: number, event: SimulationEvent): void => {
    // A node whose radio is silent runs ahead of the air until it is stopped.
    if (at > end) return void (at > end + config.window.everySeconds && finished.abort());
    if (source === 0 && isBeyond(event, at, last, config.window)) return;
    state?.append(event);
    ordered.add(source, at, event);
  };
  let run: RunResult | undefined;
  if (!events.some(({ event }) => event === "end")) {
    const world = new World(config, from, {
      networks: networksWith({ predict, input: inputQuantization(modelBytes) }, [
        ...(staged ? [staged] : []),
        ...(options.packages ?? []).map(({ bytes }) => bytes),
      ]),
      distance: options.distance ?? 800,
      downlinks: options.downlinks ?? [],
      packages: options.packages ?? [],
      loss: options.loss ?? 0,
      state,
      onEvent: (event) => onEvent(1, event.time, event),
    });
    const resources = await writeResources(config, recording, model);
    world.air.at((end - from) * microseconds, () => {
      onEvent(1, end, { event: "end", time: end });
      finished.abort();
      // The air stops here, until the node has ended.
      return new Promise<void>(() => {});
    });
    options.signal?.addEventListener("abort", () => finished.abort(), { once: true });
    const flash = state?.flash ?? path.join(resources.folder, "flash.bin");
    try {
      if (staged && program) stagePackage(flash, program.partitions, staged, options.script!);
      const given = {
        resources: resources.files,
        // Without its node the network would go on to the recording's end, as if that was silent.
        air: world.air.nodePort("node", { holdWhenEnded: true }),
        startTime: from * 1000,
        finish: finished.signal,
        onLine: (line: string) => hear(line, recording, config, (at, event) => onEvent(0, at, event)),
        ...(options.restartOnCrash && { restartOnCrash: true }),
        ...(options.flashFails && { flashFails: options.flashFails }),
        ...((state ?? staged) && { flash }),
        ...(options.serial && { serial: options.serial }),
      };
      run = options.run
        ? await options.run(given)
        : await runHost(program!, {
            ...given,
            ...(options.debug && { debug: options.debug, stderr: process.stderr }),
          });
    } finally {
      ordered.end();
      await resources.remove();
    }
  }
  const { heap, power } = run ?? {};
  const summary: SimulationSummary = {
    ...summarize(events),
    heapPeakBytes: heap?.peakBytes ?? 0,
    heapLimitBytes: heap?.limit ?? 0,
    stackPeakSlots: heap?.peakStackSlots ?? 0,
    stackLimitSlots: heap?.stackSlots ?? 0,
    power: power ?? noPower,
    cycle: power
      ? cycleOf(options.run ? (power.cycles ?? power) : steady(power), config.window.everySeconds)
      : { awake: 0, lightSleep: 0, deepSleep: 0 },
  };
  if (run && (run.exitCode !== exitCodes.requested || !finished.signal.aborted)) {
    const windows = Math.floor((last - start) / config.window.everySeconds) + 1;
    throw new NodeEnded(run, { ...summary, ended: { how: endOf(run), windows } }, options.state);
  }
  // What a node that was reset has tried is over: an app script that takes all memory, for example.
  if (heap && heap.limit > 0 && heap.peakBytes > heap.limit && !power?.resets) throw new UserError(overMemory(heap));
  return summary;
}

/** Of what must be the same when a simulation is resumed: recording, description, and what is in the node's flash from the start on. */
async function fingerprintOf(
  { config, script }: SimulateOptions,
  recording: Buffer,
  staged: Uint8Array | undefined,
): Promise<string> {
  const hash = createHash("sha256").update(recording).update(JSON.stringify(config));
  if (staged) hash.update(staged);
  else if (script !== undefined) hash.update((await scriptSection(script)).code);
  return hash.digest("hex");
}

async function hostProgram({ script, debug }: SimulateOptions, staged: Uint8Array | undefined): Promise<HostProgram> {
  const program = await buildHost({ manifest: hostManifest() });
  if (script === undefined) return program;
  if (!staged) return await withScript(program, script, Boolean(debug));
  return debug ? await withPackageMap(program, script, staged) : program;
}

/** Where to resume: a window is complete when its event is on disk. The last one is repeated, since its outbox items may be missing. */
function nextWindow(events: SimulationEvent[], recording: Recording): number | undefined {
  const known = events.findLast(({ event }) => event === "window");
  const { times } = recording;
  return known && (times[recordedWindow(recording, known.time) + 1] ?? times[times.length - 1]);
}

function overMemory({ peakBytes, limit }: HeapUse): string {
  const n = (bytes: number): string => bytes.toLocaleString("en-US");
  return `XS used up to ${n(peakBytes)} bytes of memory, and the firmware gives it ${n(limit)} (creation.static of the manifest): loam budget says what needs it`;
}

/** A line of the node's journal; other trace output is ignored. */
function hear(
  line: string,
  recording: Recording,
  config: NodeConfig,
  onEvent: (at: number, event: SimulationEvent) => void,
): void {
  if (!line.startsWith('{"event":')) return;
  const { at, ...fields } = JSON.parse(line) as { at: number };
  const event = { time: at, ...fields } as SimulationEvent;
  if (event.event === "window") {
    const index = recordedWindow(recording, event.time);
    const label = config.classes[recording.labels[index] ?? -1];
    // Of a window that was moved further most samples are another's.
    if (label !== undefined && Math.abs(recording.times[index]! - event.time) < config.window.seconds / 2)
      event.label = label;
  }
  onEvent(at, event);
}
