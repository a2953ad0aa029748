import type { UplinkPayload } from "../../device/codec/codec.js";
import { storeNow } from "../store/clock.js";
import { claimSend, decide } from "../store/decisions.js";
import { takeUplink } from "../store/intake.js";
import type { NetworkIds } from "../store/networks.js";
import type { Store } from "../store/store.js";
import type { Answer, ReceivedUplink, Taken } from "../store/types.js";
import type { CloudMemory, Question } from "./cloud.js";

export const nowSeconds = (): number => Date.now() / 1000;

/** In a database, which processes share. */
export class StoredMemory implements CloudMemory<ReceivedUplink> {
  readonly #store: Store;
  readonly #networks: NetworkIds;

  /** @param networks what the nodes' windows may be of */
  constructor(store: Store, networks: NetworkIds) {
    this.#store = store;
    this.#networks = networks;
  }

  take(uplink: ReceivedUplink, payload: UplinkPayload): Promise<Taken> {
    return takeUplink(this.#store, uplink, payload, this.#networks);
  }

  decide(
    { id, uplink: { devEui }, deferral: { sequence } }: Question<ReceivedUplink>,
    answer: Answer,
  ): Promise<Answer> {
    return decide(this.#store, { id, devEui, sequence }, answer, nowSeconds());
  }

  claim({ id, uplink: { frame } }: Question<ReceivedUplink>): Promise<boolean> {
    return claimSend(this.#store, id, frame, storeNow(this.#store));
  }
}
