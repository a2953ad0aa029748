import test from "ava";
import { decodeFaultReport, decodeReport, importance, ports } from "../../device/codec/codec.js";
import { UplinkSender } from "../../device/uplinksender.js";
import { Faults } from "../../device/faults.js";
import type { Link } from "../../device/lorawan/link.js";
import type { SendResult } from "../../device/lorawan/types.js";
import { Outbox } from "../../device/outbox/outbox.js";
import { UplinkReporter } from "../../device/uplinkreporter.js";
import { NorFlash } from "../flash/norflash.js";

const epoch = 1780000000;

/** A node during one boot; its clock counts seconds from the boot, which was `bootedAt` (seconds since 1970). */
class Node {
  readonly outbox: Outbox;
  readonly faults = new Faults();
  readonly clock = {
    isKnown: false,
    get needsSync() {
      return !this.isKnown;
    },
    at: (own: number) => this.bootedAt + own,
  };
  readonly reporter: UplinkReporter;
  readonly sent: { sequence: number; time: number; asks: boolean }[] = [];
  /** Whether an uplink is answered; by default none is. */
  answer: (uplink: number) => { acknowledged?: boolean; time?: boolean } = () => ({});
  #asks = false;
  #uplinks = 0;
  #now = 0;

  constructor(
    flash: NorFlash,
    readonly bootedAt = epoch,
  ) {
    this.outbox = new Outbox(flash, flash.byteLength);
    this.reporter = new UplinkReporter(this.outbox, this.faults, this.clock, () => {});
  }

  report(own: number, label: number): number | undefined {
    return this.reporter.report({ label, name: "", confidence: 0.75, time: 0, made: own, source: "node" }, 0);
  }

  #uplink(payload?: Uint8Array): Promise<SendResult> {
    const { acknowledged = false, time = false } = this.answer(this.#uplinks);
    if (payload) {
      const stamp = decodeReport(payload);
      this.sent.push({ sequence: stamp.sequence, time: stamp.time, asks: this.#asks });
    }
    if (this.#asks && time) this.clock.isKnown = true;
    this.#asks = false;
    return Promise.resolve({ sent: true, acknowledged, counter: this.#uplinks++, transmissions: 1, dataRate: 0 });
  }

  /** Runs the sender until nothing waits, or `most` uplinks are over. */
  async deliver(most: number): Promise<void> {
    const isOver = () => this.outbox.count === 0 || this.#uplinks >= most;
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const link: Link = {
      get state() {
        return isOver() ? "idle" : "joined";
      },
      join: () => (end(), new Promise(() => {})),
      send: (_, payload) => this.#uplink(payload),
      wantsUplink: false,
      joinsAt: 0,
      wantsRejoin: false,
      rejoin: () => Promise.resolve(),
      fetch: () => this.#uplink(),
      maxPayload: () => 51,
      nextSendAt: () => 0,
      duty: 0,
      takeHealth: () => ({ damaged: 0, failedWrites: 0, erases: 0, duty: 0 }),
      requestTime: () => void (this.#asks = true),
      requestLinkCheck: () => {},
      close: () => {},
    };
    const clock = {
      now: () => this.#now,
      until: (at: number) => (isOver() ? (end(), new Promise<void>(() => {})) : ((this.#now = at), Promise.resolve())),
    };
    new UplinkSender({
      outbox: this.outbox,
      link,
      clock,
      timeOfDay: this.clock,
      journal: () => {},
      onIdle: () => isOver() && end(),
      onRadioError: (error) => {
        throw error;
      },
    }).kick();
    await ended;
  }
}

test("DeviceTimeReq is repeated until it is answered; a payload sent without a timestamp never gets one", async (t) => {
  const node = new Node(new NorFlash(2));
  node.report(10, 1);
  node.report(20, 2);
  // Two empty uplinks, then each report twice: the answer to the second's first transmission has the time, both repetitions are acknowledged.
  node.answer = (uplink) => ({ time: uplink === 3, acknowledged: uplink >= 4 });
  await node.deliver(20);
  t.deepEqual(node.sent, [
    { sequence: 0, time: 0, asks: true },
    { sequence: 1, time: 0, asks: true },
    { sequence: 0, time: 0, asks: false },
    { sequence: 1, time: 0, asks: false },
  ]);
});

test("a payload keeps its timestamp over a reset; one sent without a timestamp stays without", async (t) => {
  const flash = new NorFlash(2);
  const first = new Node(flash);
  first.report(10, 1);
  first.report(20, 2);
  first.answer = () => ({ time: true });
  await first.deliver(2);
  t.deepEqual(
    first.sent.map(({ sequence, time }) => [sequence, time]),
    [[0, epoch + 10]],
  );
  const second = new Node(flash, epoch + 5000);
  second.answer = () => ({ time: true, acknowledged: true });
  second.report(30, 1);
  await second.deliver(9);
  t.deepEqual(
    second.sent.map(({ sequence, time }) => [sequence, time]),
    [
      [0, epoch + 10],
      [1, 0],
      [2, epoch + 5030],
    ],
  );
});

test("to fetch fragments the sender waits for the duty cycle once, and a payload that comes meanwhile does not wait", async (t) => {
  const flash = new NorFlash(2);
  const outbox = new Outbox(flash, flash.byteLength);
  const log: string[] = [];
  let now = 0;
  let passes = (): void => {};
  let fetches = 0;
  const sent = (counter: number): Promise<SendResult> =>
    Promise.resolve({ sent: true, acknowledged: true, counter, transmissions: 1, dataRate: 0 });
  const link: Link = {
    state: "joined",
    join: () => Promise.resolve(),
    send: (port) => (log.push(`port ${port}`), sent(0)),
    wantsUplink: false,
    joinsAt: 0,
    wantsRejoin: false,
    rejoin: () => Promise.resolve(),
    fetch: () => (log.push("fetch"), sent(1)),
    maxPayload: () => 51,
    nextSendAt: (_, spare) => (spare ? 1_000_000 : 0),
    duty: 0.9,
    takeHealth: () => ({ damaged: 0, failedWrites: 0, erases: 0, duty: 0 }),
    requestTime: () => {},
    requestLinkCheck: () => {},
    close: () => {},
  };
  const sender = new UplinkSender({
    outbox,
    link,
    clock: {
      now: () => now,
      until(at) {
        // A turn of the event loop.
        if (at === now + 1) return Promise.resolve(void (now = at));
        log.push(`until ${at}`);
        return new Promise((resolve) => {
          passes = () => {
            now = at;
            resolve();
          };
        });
      },
    },
    journal: () => {},
    onRadioError: (error) => t.fail(String(error)),
    fetcher: {
      isBusy: false,
      get wantsUplink() {
        return fetches === 0;
      },
      fetched: () => fetches++,
    },
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  sender.kick();
  await settle();
  t.is(sender.idleUntil, 1_000_000);
  outbox.put(10, importance.changedReport, new Uint8Array(10));
  sender.kick();
  await settle();
  passes();
  await settle();
  // The wait after the payload uses the timer of the one before it.
  t.deepEqual(log, ["until 1000000", "port 10", "fetch"]);
  t.is(sender.idleUntil, Infinity);
});

test("a radio that fails while it sends is logged with its reason and counted; the payload is sent 20 s later", async (t) => {
  const flash = new NorFlash(2);
  const outbox = new Outbox(flash, flash.byteLength);
  outbox.put(ports.report, importance.changedReport, new Uint8Array(10));
  const log: unknown[] = [];
  let sends = 0;
  const link: Link = {
    state: "joined",
    join: () => Promise.resolve(),
    wantsUplink: false,
    joinsAt: 0,
    wantsRejoin: false,
    rejoin: () => Promise.resolve(),
    send: () =>
      sends++ === 0
        ? Promise.reject(new Error("no interrupt from the radio: check DIO1"))
        : Promise.resolve({ sent: true, acknowledged: true, counter: 1, transmissions: 1, dataRate: 0 }),
    fetch: () => Promise.reject(new Error("nothing is to be fetched")),
    maxPayload: () => 51,
    nextSendAt: () => 0,
    duty: 0,
    takeHealth: () => ({ damaged: 0, failedWrites: 0, erases: 0, duty: 0 }),
    requestTime: () => {},
    requestLinkCheck: () => {},
    close: () => {},
  };
  const ended = new Promise<void>((onIdle) =>
    new UplinkSender({
      outbox,
      link,
      clock: { now: () => 0, until: (at) => (log.push(`until ${at}`), Promise.resolve()) },
      journal: (event, { error, counter }) => void log.push([event, error ?? counter]),
      onRadioError: (error) => void log.push((error as Error).message),
      onIdle: () => outbox.count === 0 && onIdle(),
    }).kick(),
  );
  await ended;
  // A turn of the event loop before each.
  t.deepEqual(log, [
    "until 1",
    ["radio failed", "Error: no interrupt from the radio: check DIO1"],
    "no interrupt from the radio: check DIO1",
    "until 20000",
    "until 1",
    ["sent", 1],
  ]);
});

test("a timestamp half written at a power cut is ignored; records that are moved keep theirs", (t) => {
  for (const fraction of [0.25, 0.5, 0.75, 0.99]) {
    const flash = new NorFlash(2);
    const outbox = new Outbox(flash, flash.byteLength);
    outbox.put(10, 2, new Uint8Array(10), 7);
    outbox.put(10, 2, new Uint8Array(10), 8);
    outbox.setTimestamp(0, 0x12345678);
    Object.assign(flash, { cutAt: flash.writes + 1, fraction });
    t.throws(() => outbox.setTimestamp(1, 0x12345678));
    flash.cutAt = Infinity;
    const again = new Outbox(flash, flash.byteLength);
    // Moves both records to another block, several times.
    for (let i = 0; i < 40; i++) {
      again.put(11, 3, new Uint8Array(1000));
      again.remove(again.next()!.sequence);
    }
    const times = [];
    for (let item = again.next(); item; item = again.next()) {
      times.push(Buffer.from(item.payload).readUInt32BE(3));
      again.remove(item.sequence);
    }
    t.deepEqual(times, [0x12345678, 0]);
  }
});

test("an outbox full of confirmed payloads refuses and counts a new one, drops nothing, and reports the changed verdict once there is room", (t) => {
  const flash = new NorFlash(2);
  const node = new Node(flash);
  node.clock.isKnown = true;
  node.report(0, 1);
  while (node.outbox.put(ports.deferral, importance.deferral, new Uint8Array(200)));
  while (node.outbox.put(ports.report, importance.changedReport, new Uint8Array(1)));
  node.outbox.takeDropped();
  const { count } = node.outbox;
  t.is(node.report(900, 2), undefined);
  t.is(node.report(1800, 2), undefined);
  t.is(
    node.reporter.defer(
      { label: 1, name: "", confidence: 0.5, time: 0, made: 1900, source: "node" },
      { frames: 1, features: 4, data: new Int8Array(4) },
    ),
    undefined,
  );
  node.faults.add("radio");
  node.reporter.reportFaults(2000);
  t.is(node.outbox.count, count);
  for (let i = 0; i < 4; i++) node.outbox.remove(node.outbox.next()!.sequence);
  // Moving the live records frees a block.
  const sequence = node.report(2700, 2);
  t.not(sequence, undefined);
  node.reporter.reportFaults(2800);
  const reported = [];
  for (let item = node.outbox.next(); item; item = node.outbox.next()) {
    if (item.sequence === sequence) t.is(item.importance, importance.changedReport);
    if (item.port === ports.fault) reported.push(...decodeFaultReport(item.payload).faults);
    node.outbox.remove(item.sequence);
  }
  t.deepEqual(reported, [
    { kind: "radio", count: 1 },
    { kind: "data dropped", count: 3 },
  ]);
});

test("nothing is dropped for a payload that does not fit anyway; the item in flight is dropped last", (t) => {
  const flash = new NorFlash(2);
  const outbox = new Outbox(flash, flash.byteLength);
  for (let i = 0; i < 3; i++) t.true(outbox.put(11, 3, new Uint8Array(1000)));
  for (let i = 0; i < 10; i++) t.true(outbox.put(10, 0, new Uint8Array(40)));
  t.false(outbox.put(11, 3, new Uint8Array(1020)));
  t.is(outbox.count, 13);
  t.is(outbox.takeDropped(), 1);
  outbox.setInFlight(3);
  t.true(outbox.put(11, 3, new Uint8Array(880)));
  t.is(outbox.takeDropped(), 13 + 1 - outbox.count);
  while (outbox.next()!.importance > 0) outbox.remove(outbox.next()!.sequence);
  t.is(outbox.next()!.sequence, 3);
});
