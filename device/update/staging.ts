import type { Staging } from "../fragments/staging.js";
import type { UpdateRecords } from "./records.js";
import type { Slots } from "./slots.js";
import type { Updates } from "./updates.js";

/** Where packages that come in fragments are received: in the slot of the package, and behind it. */
export function stagingFor(updates: Updates, slots: Slots, records: UpdateRecords): Staging {
  return {
    get setup() {
      return records.session;
    },
    get counter() {
      return records.counter;
    },
    blockBytes: slots.blockBytes,
    roomBytes: slots.slotBytes,
    begin(setup, counter, bytes, room) {
      records.putCounter(counter);
      return updates.begin(bytes, room, setup);
    },
    read: (offset, length) => slots.read(records.staged!.slot, offset, length),
    write: (offset, data) => slots.write(records.staged!.slot, offset, data),
    finish: () => updates.finishInSteps(),
    interrupt: () => updates.interrupt("the node crashed or hung when it was checked", true),
    drop: () => records.session && records.putStaged(undefined),
  };
}
