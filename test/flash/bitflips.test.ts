// Slow: starts from some 40,000 damaged images of flash
import test from "ava";
import { MirroredRecords } from "../../device/flash/mirrored.js";
import { Outbox } from "../../device/outbox/outbox.js";
import { WornFlash } from "./norflash.js";
import { flashOf, generator } from "./powercuts.js";
import { drain, itemsOf, outboxSteps, saveSession, sessionOptions, stateOf, untimed } from "./workload.js";

/** An outbox after some use: records live, removed, superseded and with deferred words, in two blocks. */
function usedOutbox(): Uint8Array {
  const flash = flashOf(new Uint8Array(3 * 4096).fill(0xff));
  const outbox = new Outbox(flash, flash.byteLength);
  for (const { run } of outboxSteps(150, 7)) run(outbox);
  return flash.bytes;
}

/** Damages the byte or word at `at`. */
type Damage = [name: string, every: number, change: (bytes: Uint8Array, at: number, random: () => number) => void];

const damages: Damage[] = [
  ["a flipped bit", 1, (bytes, at, random) => (bytes[at]! ^= 1 << Math.floor(random() * 8))],
  ["an inverted byte", 1, (bytes, at) => (bytes[at]! ^= 0xff)],
  ["a byte of ones", 1, (bytes, at) => (bytes[at] = 0xff)],
  ["a cleared byte", 1, (bytes, at) => (bytes[at] = 0)],
  [
    "a word of noise",
    4,
    (bytes, at, random) => {
      const view = new DataView(bytes.buffer);
      const word = view.getUint32(at, true);
      // An erased state word can mean anything.
      if (word !== 0 && word !== 0xf0f0f0f0) view.setUint32(at, Math.floor(random() * 2 ** 32));
    },
  ],
];

for (const [name, every, change] of damages) {
  test(`${name} anywhere in the outbox loses at most the record it hits, and the loss is counted once`, (t) => {
    const image = usedOutbox();
    const items = itemsOf(image);
    t.true(items.size > 30);
    const random = generator(3);
    let lost = 0;
    let untold = 0;
    for (let at = 0; at < image.length; at += every) {
      // Of erased flash, one place in sixteen is enough.
      if (at % 64 > 0 && image.subarray(at - (at % 4), at + 64).every((byte) => byte === 0xff)) continue;
      const flash = flashOf(image);
      change(flash.bytes, at, random);
      const outbox = new Outbox(flash, flash.byteLength);
      const counted = outbox.takeDamaged();
      const left = flashOf(flash.bytes);
      const found = drain(outbox);
      const missing = [...items.keys()].filter((sequence) => !found.has(sequence));
      const differing = [...found].filter(([sequence, line]) => items.get(sequence) !== line);
      if (missing.length > 1) return t.fail(`${name} at ${at}: items ${missing.join(", ")} are lost`);
      // A damaged deferred word is ignored: the item has no timestamp.
      if (differing.length > 1 || differing.some(([sequence, line]) => untimed(items.get(sequence)) !== untimed(line)))
        return t.fail(`${name} at ${at}: item ${differing[0]![0]} is another`);
      if (counted > 1) return t.fail(`${name} at ${at}: counted ${counted} times`);
      lost += missing.length;
      if (missing.length !== counted) untold++;
      if (at % 5 > 0) continue;
      // The log works with what is left, and does not count the loss again.
      const living = new Outbox(left, left.byteLength);
      if (living.takeDamaged() > 0) return t.fail(`${name} at ${at}: counted again`);
      if (!living.put(11, 3, Uint8Array.of(at)) || drain(new Outbox(left, left.byteLength)).size !== found.size + 1)
        return t.fail(`${name} at ${at}: lost more later`);
    }
    t.log(`${lost} of ${image.length / every} lost a record; ${untold} not counted, or counted without a loss`);
    t.true(lost > 200);
    t.is(untold, 0);
  });
}

test("any single bit flip or corrupted block in the session's flash: the newest state survives", (t) => {
  const flash = flashOf(new Uint8Array(4 * 4096).fill(0xff));
  const records = new MirroredRecords(flash, sessionOptions);
  for (let i = 0; i < 130; i++) saveSession(records, i);
  const state = stateOf(flashOf(flash.bytes));
  const random = generator(4);
  for (let at = 0; at < flash.byteLength; at++) {
    const rotten = flashOf(flash.bytes);
    rotten.bytes[at]! ^= 1 << Math.floor(random() * 8);
    if (stateOf(rotten) !== state) return t.fail(`bit in byte ${at}`);
  }
  for (let block = 0; block < 4; block++) {
    for (const value of [0, 0x5a, 0xff]) {
      const rotten = flashOf(flash.bytes);
      rotten.bytes.fill(value, block * 4096, (block + 1) * 4096);
      t.is(stateOf(rotten), state, `block ${block} full of ${value}`);
      // It was copied, so the next flip does not lose it either.
      const other = (block + 2) % 4;
      rotten.bytes.fill(value, other * 4096, (other + 1) * 4096);
      t.is(stateOf(rotten), state, `then block ${other}`);
    }
  }
});

test("bit flips while the node runs: the affected item is dropped and counted when read, and no other", (t) => {
  const image = usedOutbox();
  const items = itemsOf(image);
  const random = generator(8);
  let lost = 0;
  for (let at = 0; at < image.length; at += 3) {
    const flash = new WornFlash(image.length / 4096);
    flash.bytes.set(image);
    const outbox = new Outbox(flash, flash.byteLength);
    flash.bytes[at]! ^= 1 << Math.floor(random() * 8);
    // Blocks are emptied meanwhile.
    if (at % 2 === 0) for (let i = 0; i < 12; i++) outbox.put(10, 0, new Uint8Array(300));
    const before = outbox.takeDamaged();
    const found = drain(outbox);
    const counted = before + outbox.takeDamaged();
    const missing = [...items].filter(([sequence, line]) => !found.has(sequence) && !line.startsWith("10/0:"));
    if (missing.length > 1 || counted > 1 || missing.length > counted)
      return t.fail(`byte ${at}: ${missing.length} lost, ${counted} counted`);
    lost += counted;
  }
  t.true(lost > 50);
});
