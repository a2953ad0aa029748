/** Windows that may overlap: each has an intake of its own, so that it is what it would be alone. */
import { stretchesOf, windowsAtOnce, type NodeConfig } from "./config.js";
import type { Fields, RetainedPart } from "./flash/fields.js";
import { Intake, type IntakeEvents } from "./intake.js";

export interface WindowsEvents {
  /** A window begins. @param lane which of those that are under way at the same time */
  onBegin(lane: number): void;
  onFault: IntakeEvents["onFault"];
  /** A sensor's frame is complete in a window. */
  onFrame(lane: number, sensor: number, intake: Intake): void;
}

/**
 * The intakes of all windows that are under way. Samples come stretch by stretch (see `stretchesOf`), so that each belongs to all of them. Where windows
 * overlap, a fault is reported with the first window that has it. No allocation after construction.
 */
export class Windows implements RetainedPart {
  readonly #lanes: readonly Intake[];
  /** Where no two windows overlap. */
  readonly #only: Intake | undefined;
  readonly #events: WindowsEvents;
  /** Seconds of each stretch, and of a window. */
  readonly #stretches: readonly number[];
  readonly #seconds: number;
  /** By lane: seconds of its window that have passed; negative: it has none. */
  readonly #passed: Float64Array;
  #stretch = 0;
  /** The lane that began last. */
  #youngest = 0;
  /** Time (seconds, monotonic) at which the next stretch follows without a gap. */
  #next = NaN;
  /** The lane whose window has ended with the stretch. */
  ended = -1;

  /** @param offsets as an intake has them */
  constructor(config: NodeConfig, events: WindowsEvents, offsets: Readonly<Record<number, number>> = {}) {
    this.#events = events;
    this.#stretches = stretchesOf(config);
    this.#seconds = config.window.seconds;
    this.#lanes = Array.from({ length: windowsAtOnce(config) }, (_, lane) => {
      const intake: Intake = new Intake(
        config,
        {
          onFault: (sensor, kind, count) => events.onFault(sensor, kind, count),
          onFrame: (sensor) => events.onFrame(lane, sensor, intake),
        },
        offsets,
      );
      return intake;
    });
    this.#only = this.#lanes.length === 1 ? this.#lanes[0] : undefined;
    this.#passed = new Float64Array(this.#lanes.length).fill(-1);
  }

  /** Of what is known of the sensors, which is the same in all. */
  layout(fields: Fields): void {
    this.#lanes[this.#youngest]!.layout(fields);
  }

  /** A stretch begins at `time` (seconds, monotonic): windows that it does not follow without a gap are given up. */
  begin(time: number): void {
    if (!(Math.abs(time - this.#next) < 1e-3)) {
      this.#stretch = 0;
      this.#passed.fill(-1);
    }
    this.#next = time + this.#stretches[this.#stretch]!;
    if (this.#stretch > 0) return;
    const before = this.#lanes[this.#youngest]!;
    this.#youngest = (this.#youngest + 1) % this.#lanes.length;
    const lane = this.#lanes[this.#youngest]!;
    if (lane !== before) lane.adopt(before);
    this.#passed[this.#youngest] = 0;
    lane.begin(time);
    this.#events.onBegin(this.#youngest);
  }

  /** As an intake's, for all windows. */
  take(sensor: number, values: Float32Array, count: number, from = 0): void {
    if (this.#only) return this.#only.take(sensor, values, count, from);
    for (let i = 0; i < this.#lanes.length; i++)
      if (this.#passed[i]! >= 0) this.#lanes[i]!.take(sensor, values, count, from);
  }

  miss(sensor: number, count: number): void {
    for (let i = 0; i < this.#lanes.length; i++) if (this.#passed[i]! >= 0) this.#lanes[i]!.miss(sensor, count);
  }

  exceed(sensor: number, count: number): void {
    for (let i = 0; i < this.#lanes.length; i++) if (this.#passed[i]! >= 0) this.#lanes[i]!.exceed(sensor, count);
  }

  /** The stretch is over. @returns whether the window that has ended with it, `ended`, may be used for inference; undefined: none has */
  end(): boolean | undefined {
    const seconds = this.#stretches[this.#stretch]!;
    this.#stretch = (this.#stretch + 1) % this.#stretches.length;
    this.ended = -1;
    for (let i = 0; i < this.#lanes.length; i++) {
      if (this.#passed[i]! < 0) continue;
      const passed = (this.#passed[i] = this.#passed[i]! + seconds);
      const isOver = passed > this.#seconds - 1e-6;
      this.#lanes[i]!.complete(isOver ? 1 : passed / this.#seconds);
      if (!isOver) continue;
      this.ended = i;
      this.#passed[i] = -1;
    }
    // At the end of a window's part that is in no window before it.
    if (this.#stretch === 0) this.#lanes[this.#youngest]!.tell();
    return this.ended < 0 ? undefined : this.#lanes[this.ended]!.isFit;
  }
}
