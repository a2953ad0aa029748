// Slow: cuts power at some 30,000 moments
import test, { type ExecutionContext } from "ava";
import { MirroredRecords } from "../../device/flash/mirrored.js";
import { Outbox } from "../../device/outbox/outbox.js";
import { everyCut, flashOf } from "./powercuts.js";
import { drain, itemsOf, outboxSteps, saveSession, sessionOptions, stateOf, type Items } from "./workload.js";

/** Whether `found` is the outbox before a step or after it: what both have is there, and one or the other of a record that was replaced. */
function isOldOrNew(found: Items, old: Items, next: Items, what: string): boolean {
  const added = [...next.keys()].filter((sequence) => !old.has(sequence));
  const gone = [...old.keys()].filter((sequence) => !next.has(sequence));
  for (const [sequence, line] of found) if (line !== old.get(sequence) && line !== next.get(sequence)) return false;
  for (const sequence of old.keys()) if (next.has(sequence) && !found.has(sequence)) return false;
  const hasAdded = added.every((sequence) => found.has(sequence));
  // Items are dropped before the new one is written; a replaced one is removed after it is written.
  const remaining = gone.filter((sequence) => found.has(sequence));
  if (what === "replace" && added.length > 0)
    return hasAdded ? remaining.length === 0 : remaining.includes(Math.max(...gone));
  return !hasAdded || added.length === 0 || remaining.length === 0;
}

function outboxCuts(t: ExecutionContext, blocks: number, count: number, seed: number, longest: number): void {
  let image: Uint8Array = new Uint8Array(blocks * 4096).fill(0xff);
  let [cuts, nested] = [0, 0];
  let old = itemsOf(image);
  const done = new Set<string>();
  for (const { what, run } of outboxSteps(count, seed, longest)) {
    const after = flashOf(image);
    run(new Outbox(after, after.byteLength));
    const next = itemsOf(after.bytes);
    // Copied or not, an item is unchanged.
    for (const [sequence, line] of old)
      if (what !== "date" && next.has(sequence)) t.is(next.get(sequence), line, `${what}: item ${sequence}`);
    for (const { image: torn, where } of everyCut(image, (flash) => run(new Outbox(flash, flash.byteLength)))) {
      const place = `${what} at ${cuts}, ${where}`;
      const flash = flashOf(torn);
      const outbox = new Outbox(flash, flash.byteLength);
      const survived = flash.bytes.slice();
      const found = drain(outbox);
      if (!isOldOrNew(found, old, next, what)) return t.fail(`${place}: neither old nor new (${old.size} items)`);
      if (outbox.takeDamaged() > 0) return t.fail(`${place}: counted as damage`);
      // The start after the cut has settled the state: another start finds the same, and the log works.
      const again = flashOf(survived);
      const living = new Outbox(again, again.byteLength);
      const fits = living.put(10, 3, Uint8Array.of(1, 2, 3));
      const later = drain(new Outbox(again, again.byteLength));
      for (const [sequence, line] of found) {
        const mayBeDropped = fits && line.startsWith("10/0:");
        if (later.get(sequence) !== line && !mayBeDropped) return t.fail(`${place}: item ${sequence} is lost later`);
      }
      cuts++;
      // Power is cut again during the start itself.
      if (cuts % 41 !== 0) continue;
      for (const { image: twice, where: then } of everyCut(torn, (flash) => void new Outbox(flash, flash.byteLength))) {
        nested++;
        if (!isOldOrNew(itemsOf(twice), old, next, what)) return t.fail(`${place}; then ${then}: neither old nor new`);
      }
    }
    done.add(what);
    image = after.bytes;
    old = next;
  }
  t.log(`${cuts} power cuts, ${nested} of a start after one; ${old.size} items at the end`);
  t.true(cuts > 3000 && nested > 20 && done.size === 6);
}

test("the outbox in two blocks: a power cut anywhere leaves the old or the new state", (t) =>
  outboxCuts(t, 2, 130, 1, 120));
test("the outbox in four blocks, long payloads", (t) => outboxCuts(t, 4, 110, 2, 900));
test("the outbox, full of unconfirmed payloads", (t) => outboxCuts(t, 2, 100, 5, 700));

test("the session: a power cut anywhere leaves the old or the new state, even if one block is then corrupted", (t) => {
  let image: Uint8Array = new Uint8Array(4 * 4096).fill(0xff);
  let [cuts, nested] = [0, 0];
  let old = stateOf(flashOf(image));
  const run = (i: number) => (flash: ReturnType<typeof flashOf>) =>
    saveSession(new MirroredRecords(flash, sessionOptions), i);
  for (let i = 0; i < 75; i++) {
    const after = flashOf(image);
    run(i)(after);
    const next = stateOf(flashOf(after.bytes));
    t.not(next, old);
    for (const { image: torn, where } of everyCut(image, run(i))) {
      const flash = flashOf(torn);
      const found = stateOf(flash);
      if (found !== old && found !== next) return t.is(found, next, `save ${i}, ${where}: neither old nor new`);
      // Whatever the cut left, both halves hold it now.
      const corrupted = cuts % 4;
      flash.bytes.fill(0x5a, corrupted * 4096, (corrupted + 1) * 4096);
      if (stateOf(flash) !== found)
        return t.is(stateOf(flash), found, `save ${i}, ${where}: then block ${corrupted} is corrupted`);
      cuts++;
      if (cuts % 41 !== 0) continue;
      for (const { image: twice, where: then } of everyCut(torn, (flash) => void stateOf(flash))) {
        nested++;
        const second = stateOf(flashOf(twice));
        if (second !== old && second !== next) return t.is(second, next, `save ${i}, ${where}; then ${then}`);
      }
    }
    image = after.bytes;
    old = next;
  }
  t.log(`${cuts} power cuts, ${nested} of a start after one`);
  t.true(cuts > 3000 && nested > 500);
});
