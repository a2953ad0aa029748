/**
 * The node's part of updates, with the firmware's own flash, outbox and verification: takes the resource `old`, then is sent `good` with a bit of each of its bytes flipped, each of
 * its truncations, and the resource `others` (their lengths, 2 bytes each, then the packages), in downlinks, and at last `good` itself. One line of JSON for each: the uplink
 * that was queued for it, what is in force after it, and whether the node would begin anew.
 *
 * With the resource `mode` "interrupted": sends `good` until it is in force, in as many programs as power failures make of this; "crashed": as if each had begun after a
 * crash; then `others` while another package is checked, and while one waits for the next start.
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

const mode = String.fromArrayBuffer(new Resource("mode").slice(0));

/** The updates of a program that has just begun. */
function begin(): { updates: FieldUpdates; isRestarted(): boolean } {
  let isRestarted = false;
  const updates = new FieldUpdates({
    description,
    openFlash: () => openFlash("scripts"),
    starts: { isFailure: mode === "crashed", forgive() {}, expectReset() {} },
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

type Program = ReturnType<typeof begin>;

/** @param then called when it was checked, in turns of the event loop */
function settle(name: string, { updates, isRestarted }: Program, then: () => void): void {
  if (updates.isBusy) return void Timer.set(() => settle(name, { updates, isRestarted }, then));
  trace(`${JSON.stringify({ name, uplinks: takeUplinks(), script: updates.script, isRestarted: isRestarted() })}\n`);
  then();
}

function receive({ updates }: Program, bytes: Uint8Array): void {
  for (const part of encodePackageParts(bytes, room)) updates.receive(part);
}

function send(name: string, bytes: Uint8Array, then: () => void): void {
  const program = begin();
  // What is in force is said at each start.
  takeUplinks();
  receive(program, bytes);
  Timer.set(() => settle(name, program, then));
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
/** What the program before this one has left goes on; else `good` is sent. */
function go(): void {
  const program = begin();
  settle(program.updates.updates?.expected === undefined ? "start" : "expected", program, () => {
    const { updates, isRestarted } = program;
    if (isRestarted()) return go();
    if (updates.script !== undefined || updates.updates!.state().newest > 0)
      return others.length > 0 ? replace() : Host.exit(0);
    receive(program, good);
    Timer.set(() => settle("sent", program, go));
  });
}

/** Packages of the resource `others`, each while the one before it is checked, and at last while one waits for the next start. */
function replace(): void {
  const program = begin();
  takeUplinks();
  const [first, second, third] = [...packages()].filter(([name]) => name.startsWith("other")).map(([, bytes]) => bytes);
  receive(program, first!);
  receive(program, second!);
  settle("checked", program, () => {
    receive(program, third!);
    settle("staged", program, () => {
      const last = begin();
      settle("taken", last, () => Host.exit(0));
    });
  });
}

if (mode !== "refusals") go();
else
  send("old", resource("old"), () => {
    const { updates } = begin();
    updates.acknowledged();
    updates.windowHandled();
    next();
  });
