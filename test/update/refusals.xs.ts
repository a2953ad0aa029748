/**
 * The node's part of updates, with the firmware's own flash, outbox and verification: takes the resource `old`, then is sent `good` with a bit of each of its bytes flipped, each of
 * its truncations, and the resource `others` (their lengths, 2 bytes each, then the packages), in downlinks, and at last `good` itself. One line of JSON for each: the uplink
 * that was queued for it, what is in force after it, and whether the node would begin anew.
 */
import Flash from "flash";
import Host from "host";
import Resource from "Resource";
import Timer from "timer";
import { encodePackageParts } from "codec/packagepart";
import { Faults } from "faults";
import { GuardedFlash } from "flash/guarded";
import { Outbox } from "outbox/outbox";
import { readConfig } from "resources";
import { FieldUpdates } from "update/fieldupdates";
import { UplinkReporter } from "uplinkreporter";

/** Bytes of a downlink at the slowest data rates. */
const room = 51;
const description = readConfig();
const openFlash = (name: string): GuardedFlash =>
  new GuardedFlash(new Flash(name) as never, (what, error) => {
    throw new Error(`${name}: ${what}: ${String(error)}`);
  });
const resource = (name: string): Uint8Array => new Uint8Array(new Resource(name).slice(0));
const hex = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += (byte + 256).toString(16).slice(1);
  return text;
};

const outbox = new Outbox(openFlash("outbox"), description.outbox.bytes);
const clock = { isKnown: true, at: (uptime: number) => uptime };
const reporter = new UplinkReporter(outbox, new Faults(), clock, () => {});

/** The updates of a program that has just begun. */
function begin(): { updates: FieldUpdates; isRestarted(): boolean } {
  let isRestarted = false;
  const updates = new FieldUpdates({
    description,
    openFlash: () => openFlash("scripts"),
    starts: { isFailure: false, forgive() {}, expectReset() {} },
    journal: () => {},
  });
  updates.run({
    report: (news) => reporter.update(news, 1),
    reportSettings: () => true,
    restart: () => (isRestarted = true),
    uptime: () => 1000,
    onIdle: () => {},
  });
  return { updates, isRestarted: () => isRestarted };
}

function takeUplinks(): string[] {
  const uplinks: string[] = [];
  for (let item = outbox.next(); item; item = outbox.next()) {
    uplinks.push(hex(item.payload));
    outbox.remove(item.sequence);
  }
  return uplinks;
}

/** @param then called when it was checked, in turns of the event loop */
function send(name: string, bytes: Uint8Array, then: () => void): void {
  const { updates, isRestarted } = begin();
  // What is in force is said at each start.
  takeUplinks();
  for (const part of encodePackageParts(bytes, room)) updates.receive(part);
  function settle(): void {
    if (updates.isBusy) return void Timer.set(settle);
    trace(`${JSON.stringify({ name, uplinks: takeUplinks(), script: updates.script, isRestarted: isRestarted() })}\n`);
    then();
  }
  Timer.set(settle);
}

const good = resource("good");
const others = resource("others");

function* packages(): Generator<[name: string, bytes: Uint8Array]> {
  for (let at = 0; at < good.length; at++) {
    const bytes = good.slice();
    bytes[at]! ^= 1 << (at & 7);
    yield [`byte ${at}`, bytes];
  }
  for (let length = 1; length < good.length; length++) yield [`${length} bytes`, good.slice(0, length)];
  for (let at = 0, number = 0; at < others.length; number++) {
    const length = others[at]! | (others[at + 1]! << 8);
    yield [`other ${number}`, others.slice(at + 2, at + 2 + length)];
    at += 2 + length;
  }
  yield ["good", good];
}

const all = packages();
function next(): void {
  const step = all.next();
  if (step.done) return Host.exit(0);
  send(...step.value, next);
}
send("old", resource("old"), () => {
  const { updates } = begin();
  updates.acknowledged();
  updates.windowHandled();
  next();
});
