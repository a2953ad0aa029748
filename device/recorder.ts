import { windowSamples, type NodeConfig } from "./config.js";
import { errorText } from "./errortext.js";
import type { SampleTaker } from "./sampledsensor.js";
import { missingSample } from "replay/format";
import { readsOf } from "./recordneeds.js";
import { Sampler } from "./sampler.js";
import type { OpenSensor } from "./sensors/types.js";
import { encodeRecordingState, encodeSamples, frameSamples, lineRefusal } from "./serial/samples.js";
import type { Supplies } from "./supplies.js";
import type { SyncedClock } from "./syncedclock.js";
import type { Journal } from "./uplinksender.js";
import { uptimeOf } from "./uptime.js";

/** Seconds of a stretch, at least: with windows that are shorter it has several. */
const leastSeconds = 10;

export interface RecorderParts {
  config: NodeConfig;
  /** Added to each reading of a sensor, by its index, as the node does. */
  offsets: Readonly<Record<number, number>>;
  baud: number;
  openSensor: OpenSensor;
  supplies: Supplies;
  clock: Pick<SyncedClock, "uptime" | "isKnown" | "at">;
  /** @returns whether the line has room for it */
  send(content: Uint8Array): boolean;
  /** A session begins: the sensors are the recorder's. */
  onBegin(): void;
  /** It is over. */
  onEnd(): void;
  journal: Journal;
}

/**
 * Hands what the sensors measure to a host, sample by sample: on the sampler's own grid, in windows without a pause, so that a recording has what the node would have
 * had. It keeps no sample: what the line has no room for is dropped, and seen by the index of the next.
 */
export class Recorder implements SampleTaker {
  readonly #parts: RecorderParts;
  readonly #config: NodeConfig;
  /** Of each sensor in a stretch, and the index of its next sample. */
  readonly #samples: number[];
  readonly #next: number[];
  #sampler: Sampler | undefined;
  #session = 0;
  /** Uptime of sample 0, seconds. */
  #began = 0;
  #dropped = 0;
  #surplus = 0;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    const { window } = parts.config;
    const seconds = window.seconds * Math.ceil(leastSeconds / window.seconds);
    this.#config = { ...parts.config, window: { ...window, seconds, everySeconds: seconds } };
    this.#samples = this.#config.sensors.map((sensor) => windowSamples(this.#config, sensor));
    this.#next = this.#samples.map(() => 0);
  }

  get isRecording(): boolean {
    return this.#sampler !== undefined;
  }

  /** As of the sampler; Infinity: it does not record. */
  get dueAt(): number {
    return this.#sampler?.dueAt ?? Infinity;
  }

  /** A request to begin a session, or to go on with it. @param session the host's number of it @returns the answer */
  request(session: number): Uint8Array {
    let refusal: string | undefined;
    if (!this.#sampler || session !== this.#session) {
      this.stop();
      refusal = lineRefusal(readsOf(this.#config), this.#parts.baud);
      if (refusal === undefined) this.#start(session);
    }
    const { clock } = this.#parts;
    const now = clock.uptime;
    return encodeRecordingState({
      session,
      refusal: refusal ?? "",
      began: this.#began * 1000,
      now,
      time: clock.isKnown ? clock.at(now / 1000) * 1000 : 0,
      dropped: this.#dropped,
      surplus: this.#surplus,
    });
  }

  #start(session: number): void {
    const { openSensor, clock, supplies, journal, onBegin } = this.#parts;
    onBegin();
    this.#session = session;
    this.#began = this.#dropped = this.#surplus = 0;
    const events = {
      onWindow: () => {},
      onClockJump: () => {},
      onSensorError: (sensor: number, error: unknown) =>
        journal("sensor failed", { sensor: this.#config.sensors[sensor]!.name, error: errorText(error) }),
    };
    journal("recording", { session });
    this.#sampler = new Sampler(this.#config, openSensor, this, events, uptimeOf(clock), supplies);
    this.#sampler.start();
  }

  /** Ends the session, if there is one. */
  stop(): void {
    if (!this.#sampler) return;
    this.#sampler.stop();
    this.#sampler = undefined;
    this.#parts.journal("recorded", { session: this.#session, dropped: this.#dropped });
    this.#parts.onEnd();
  }

  /** A stretch begins. What lies between two of them, when script took too long, is lost. */
  begin(time: number): void {
    if (this.#began === 0) this.#began = time;
    const stretch = Math.round((time - this.#began) / this.#config.window.seconds);
    for (let i = 0; i < this.#next.length; i++) this.#next[i] = stretch * this.#samples[i]!;
  }

  take(sensor: number, values: Float32Array, count: number, from = 0): void {
    const end = from + count;
    let run = from;
    for (let at = from; at < end; at++) {
      const isMissing = values[at] === missingSample;
      if (!isMissing && at - run < frameSamples) continue;
      this.#send(sensor, values, run, at - run);
      run = at;
      if (!isMissing) continue;
      this.#next[sensor]!++;
      run++;
    }
    this.#send(sensor, values, run, end - run);
  }

  #send(sensor: number, values: Float32Array, from: number, count: number): void {
    if (count === 0) return;
    const { offsets, send } = this.#parts;
    const content = encodeSamples(sensor, this.#next[sensor]!, values, from, count, offsets[sensor] ?? 0);
    if (!send(content)) this.#dropped += count;
    this.#next[sensor]! += count;
  }

  miss(sensor: number, count: number): void {
    this.#next[sensor]! += count;
  }

  exceed(_sensor: number, count: number): void {
    this.#surplus += count;
  }

  end(): boolean {
    return true;
  }
}
