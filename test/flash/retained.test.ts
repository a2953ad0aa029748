import test from "ava";
import { FieldReader, FieldWriter, type RetainedPart } from "../../device/flash/fields.js";
import { Log } from "../../device/flash/log.js";
import { MirroredRecords } from "../../device/flash/mirrored.js";
import { Outbox } from "../../device/outbox/outbox.js";
import { NorFlash } from "./norflash.js";
import { drain, itemsOf, outboxSteps, saveSession, sessionOptions, type Items } from "./workload.js";

/** RTC memory: what a log is retained in. */
class Memory {
  bytes: Uint8Array | undefined;
  #part: RetainedPart | undefined;

  readonly retain = (part: RetainedPart): void => {
    this.#part = part;
    if (this.bytes) part.layout(new FieldReader(this.bytes));
  };

  /** A deep sleep begins. */
  store(): void {
    const writer = new FieldWriter();
    this.#part!.layout(writer);
    this.bytes = writer.result();
  }
}

class CountingFlash extends NorFlash {
  bytesRead = 0;

  override read(offset: number, byteLength: number): ArrayBuffer {
    this.bytesRead += byteLength;
    return super.read(offset, byteLength);
  }
}

const copyOf = (flash: NorFlash): CountingFlash => {
  const copy = new CountingFlash(flash.bytes.length / 4096);
  copy.bytes.set(flash.bytes);
  return copy;
};

/** What an outbox that wakes with this memory holds. */
function wakes(flash: NorFlash, bytes: Uint8Array | undefined): { items: Items; bytesRead: number } {
  const copy = copyOf(flash);
  const memory = new Memory();
  memory.bytes = bytes;
  const outbox = new Outbox(copy, copy.byteLength, memory.retain);
  const { bytesRead } = copy;
  return { items: drain(outbox), bytesRead };
}

test("an outbox that sleeps and wakes at any point holds what a scan finds, and reads a few bytes for it", (t) => {
  for (const seed of [1, 2]) {
    const flash = new NorFlash(4);
    const memory = new Memory();
    let outbox = new Outbox(flash, flash.byteLength, memory.retain);
    for (const [i, { what, run }] of outboxSteps(500, seed, 300).entries()) {
      run(outbox);
      memory.store();
      const { items, bytesRead } = wakes(flash, memory.bytes);
      t.deepEqual(items, itemsOf(flash.bytes), `seed ${seed}, step ${i} (${what})`);
      if (i % 7 > 0 || outbox.count > 32) continue;
      if (outbox.count > 0) t.true(bytesRead < 400, `seed ${seed}, step ${i} (${what}): ${bytesRead} bytes read`);
      outbox = new Outbox(flash, flash.byteLength, memory.retain);
    }
    t.true(flash.erasedBlocks > 8, `${flash.erasedBlocks} blocks were begun`);
  }
});

test("flash that was written after the log was stored is scanned", (t) => {
  const flash = new NorFlash(4);
  const memory = new Memory();
  const outbox = new Outbox(flash, flash.byteLength, memory.retain);
  let stale = 0;
  for (const [i, { what, run }] of outboxSteps(700, 3, 300).entries()) {
    memory.store();
    const before = flash.bytes.slice();
    run(outbox);
    if (Buffer.compare(before, flash.bytes) === 0) continue;
    stale++;
    const { items } = wakes(flash, memory.bytes);
    t.deepEqual(items, itemsOf(flash.bytes), `step ${i} (${what})`);
  }
  t.true(stale > 300, `${stale} writes`);
});

test("a record of the log that is cut off, of another partition, or too long is not used", (t) => {
  const flash = new NorFlash(4);
  const memory = new Memory();
  const outbox = new Outbox(flash, flash.byteLength, memory.retain);
  for (let i = 0; i < 12; i++) outbox.put(10, 0, new Uint8Array(20).fill(i));
  memory.store();
  const whole = memory.bytes!;
  t.true(wakes(flash, whole).bytesRead < 400);
  for (let length = 1; length < whole.length; length++) {
    const { items, bytesRead } = wakes(flash, whole.subarray(0, length));
    t.deepEqual(items, itemsOf(flash.bytes), `${length} bytes`);
    t.true(bytesRead >= 4096, `${length} bytes`);
  }
  const larger = new NorFlash(5);
  larger.bytes.set(flash.bytes);
  t.true(wakes(larger, whole).bytesRead >= 4096);
  for (let i = 12; i < 33; i++) outbox.put(10, 0, new Uint8Array(20).fill(i));
  memory.store();
  t.is(memory.bytes!.length, 1);
  t.is(wakes(flash, memory.bytes).items.size, 33);
});

test("a log is scanned at the latest after 96 starts, so that damage is found", (t) => {
  const flash = new CountingFlash(4);
  const memory = new Memory();
  const options = { name: "log", records: 20 };
  const log = new Log(flash, options, memory.retain);
  for (let i = 0; i < 3; i++) log.append({ kind: 1, key: i, payload: new Uint8Array(40).fill(i) });
  memory.store();
  // In the second record's payload.
  flash.bytes[44 + 64 + 24 + 5]! ^= 4;
  const damagedAt: number[] = [];
  for (let start = 1; start <= 200; start++) {
    const woken = new Log(flash, options, memory.retain);
    if (woken.takeDamaged() > 0) damagedAt.push(start);
    memory.store();
  }
  t.deepEqual(damagedAt, [97]);
});

test("the session's two logs wake with the newest state", (t) => {
  const flash = new CountingFlash(4);
  const memories = [new Memory(), new Memory()] as const;
  const retain = [memories[0].retain, memories[1].retain] as const;
  let records = new MirroredRecords(flash, sessionOptions, retain);
  let scans = 0;
  for (let i = 0; i < 400; i++) {
    saveSession(records, i);
    for (const memory of memories) memory.store();
    const { bytesRead } = flash;
    records = new MirroredRecords(flash, sessionOptions, retain);
    if (flash.bytesRead - bytesRead >= 400) scans++;
    const found = [1, 2].map((key) => records.newest(1, key)?.sequence);
    const expected = new MirroredRecords(copyOf(flash), sessionOptions);
    t.deepEqual(
      found,
      [1, 2].map((key) => expected.newest(1, key)?.sequence),
    );
  }
  t.true(scans <= 5, `${scans} scans`);
});
