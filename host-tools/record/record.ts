/** From a node's serial line to a recording: begins the session, keeps it alive, and takes it up again after an interruption. */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeConfig } from "../../device/config.js";
import { readsOf } from "../../device/recordneeds.js";
import { lineRefusal } from "../../device/serial/samples.js";
import type { Hello } from "../../device/serial/messages.js";
import { serialDefaults } from "../../device/config.js";
import { UserError } from "../lib/errors.js";
import { printable } from "../lib/terminal.js";
import type { Place } from "../serial/line.js";
import { LineLost } from "../serial/conversation.js";
import { withNode } from "../serial/transfer.js";
import { requireNode } from "../script/serialDelivery.js";
import { Pace } from "./pace.js";
import { Recording, type RecordingOptions, type RecordingSummary } from "./recording.js";

/** ms between two requests, which keep the session alive; the node ends it 3 s after the last. */
const keepEvery = 1000;
/** ms for which cells that are to come are waited for at the end. */
const endPatience = 3000;

export interface RecordOptions extends RecordingOptions {
  config: NodeConfig;
  place: Place;
  /** Of the node, when it is not the description's. */
  device?: string | undefined;
  /** Ends the recording; what there is of it is whole. */
  stop: AbortSignal;
  onLink(text: string): void;
  onWaiting(): void;
}

/** @throws UserError when the line of the description cannot carry its samples */
export function requireLine(config: NodeConfig): void {
  const refusal = lineRefusal(readsOf(config), config.serial?.baud ?? serialDefaults.baud);
  if (refusal !== undefined)
    throw new UserError(`the line is too slow to record over: ${refusal}: a higher "baud" in "serial", or lower rates`);
}

export class RecordSession {
  readonly recording: Recording;
  readonly paces: Pace[];
  readonly #options: RecordOptions;

  constructor(options: RecordOptions) {
    this.#options = options;
    this.recording = new Recording(options);
    this.paces = options.config.sensors.map(({ rate }) => new Pace(rate));
  }

  /** Until it is complete, or stopped. @throws UserError when the node refuses, is another one, or its firmware cannot record */
  async run(): Promise<RecordingSummary> {
    const { place, stop, onWaiting, onLink } = this.#options;
    const session = randomInt(1, 2 ** 32);
    try {
      await withNode(
        place,
        stop,
        async (hello, conversation) => {
          this.#require(hello);
          conversation.onSamples = (samples) => {
            this.paces[samples.sensor]?.add(samples.index, samples.values, performance.now() / 1000);
            this.recording.push(samples);
          };
          try {
            for (let ending = Infinity; performance.now() < ending;) {
              const state = await conversation.record(stop, session);
              if (state.refusal !== "")
                throw new UserError(
                  `the node does not record: ${printable(state.refusal)}: a higher "baud", or lower rates`,
                );
              this.recording.state(state, Date.now() / 1000);
              onLink(state.began === 0 ? "its sensors warm up" : "recording");
              if (this.recording.isComplete) {
                if (!this.recording.isWaiting) break;
                ending = Math.min(ending, performance.now() + endPatience);
              }
              await sleep(this.recording.isComplete ? keepEvery / 10 : keepEvery, undefined, { signal: stop });
            }
            return true;
          } catch (error) {
            if (error instanceof LineLost) {
              onLink("the line is interrupted: waiting for it");
              this.recording.interrupted();
            }
            throw error;
          } finally {
            conversation.onSamples = undefined;
          }
        },
        onWaiting,
      );
    } catch (error) {
      // Stopped: what was recorded is there.
      if (!stop.aborted || stop.reason instanceof UserError) throw error;
    } finally {
      this.recording.finish();
    }
    return this.recording.summary;
  }

  #require(hello: Hello): void {
    const { config, device } = this.#options;
    requireNode(hello, config, device);
    if (!hello.canRecord)
      throw new UserError(`the node's firmware ${printable(hello.firmware)} cannot record: build and flash this one`);
  }
}
