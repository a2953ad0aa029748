import { storeTime } from "../store/clock.js";
import { lookForAlarms, type AlarmRules } from "../store/alarmWatch.js";
import { claimDeliveries, markDelivered, markUndelivered } from "../store/deliveries.js";
import type { Store } from "../store/store.js";
import { ChannelError, type Channel } from "./channel.js";

const everyMs = 10_000;

export interface AlarmWatchOptions extends Pick<AlarmRules, "rules" | "describe"> {
  store: Store;
  channels: readonly Channel[];
  onEvent(event: Record<string, unknown>): void;
}

/** Looks again and again for alarms, and tells of them. It keeps nothing: any number of processes may do so, and each may be killed. */
export class AlarmWatch {
  readonly #options: AlarmWatchOptions;
  #timer: NodeJS.Timeout | undefined;
  #isEnding = false;
  #round: Promise<void> = Promise.resolve();

  constructor(options: AlarmWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#round = this.#look();
  }

  /** What is being told is told first. */
  async close(): Promise<void> {
    this.#isEnding = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  async #look(): Promise<void> {
    const { store, rules, channels, describe, onEvent } = this.#options;
    try {
      const names = channels.map(({ name }) => name);
      const found = await lookForAlarms(store, { rules, channels: names, describe });
      if (found && found.opened + found.closed > 0) onEvent({ event: "alarms", ...found });
      await Promise.all(channels.map((channel) => this.#deliver(channel)));
    } catch (error) {
      onEvent({ event: "failed", what: "looking for alarms", error: (error as Error).message });
    }
    // Without rules there is nothing to find, but what is left of earlier ones.
    if (this.#isEnding || rules.length === 0) return;
    this.#timer = setTimeout(() => this.start(), everyMs).unref();
  }

  /** Until nothing is due, or it does not take what is. */
  async #deliver(channel: Channel): Promise<void> {
    const { store, onEvent } = this.#options;
    while (!this.#isEnding) {
      const claimed = await claimDeliveries(store, channel.name, channel.most, await storeTime(store));
      if (claimed.length === 0) return;
      try {
        const remark = await channel.tell(claimed);
        const now = await storeTime(store);
        for (const one of claimed) await markDelivered(store, one, now, remark);
      } catch (error) {
        if (!(error instanceof ChannelError)) throw error;
        onEvent({ event: "failed", what: `alarms by ${channel.name}`, error: error.message });
        const now = await storeTime(store);
        for (const one of claimed) await markUndelivered(store, one, error.message, now);
        return;
      }
    }
  }
}
