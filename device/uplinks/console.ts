import Timer from "timer";
import type { Link, LinkHealth } from "../lorawan/link.js";
import type { LinkClock, SendResult } from "../lorawan/types.js";
import { Uptime } from "uptime";
import type { OpenLink } from "./types.js";

function makeClock(): LinkClock {
  const uptime = new Uptime();
  return {
    now: () => uptime.now,
    until: (at) => new Promise((resolve) => Timer.set(() => resolve(), Math.max(0, at - uptime.now))),
  };
}

/** Largest payload of LoRaWAN's slowest data rates. */
const room = 51;

/** For a board on the bench without a radio: uplinks are printed and count as received. */
class ConsoleLink implements Link {
  readonly state = "joined";
  readonly wantsUplink = false;
  readonly joinsAt = 0;
  readonly wantsRejoin = false;
  #counter = 0;

  join(): Promise<void> {
    return Promise.resolve();
  }

  rejoin(): Promise<void> {
    return Promise.resolve();
  }

  send(port: number, payload: Uint8Array): Promise<SendResult> {
    let text = "";
    for (const byte of payload) text += byte.toString(16).padStart(2, "0");
    trace(`uplink ${this.#counter} port ${port}: ${text}\n`);
    return Promise.resolve({ sent: true, acknowledged: true, counter: this.#counter++, transmissions: 1, dataRate: 0 });
  }

  fetch(): Promise<SendResult> {
    return Promise.resolve({
      sent: true,
      acknowledged: false,
      counter: this.#counter++,
      transmissions: 1,
      dataRate: 0,
    });
  }

  maxPayload(): number {
    return room;
  }

  readonly duty = 0;

  nextSendAt(): number {
    return 0;
  }

  takeHealth(): LinkHealth {
    return { damaged: 0, failedWrites: 0, erases: 0, duty: 0 };
  }

  requestTime(): void {}
  requestLinkCheck(): void {}
  close(): void {}
}

const openLink: OpenLink = () =>
  Promise.resolve({ link: new ConsoleLink(), clock: makeClock(), shutDown: () => Promise.resolve() });
export default openLink;
