import test from "ava";
import { encodeSettings } from "../../device/codec/settings.js";
import { NorFlash } from "../flash/norflash.js";
import { everyCut, flashOf } from "../flash/powercuts.js";
import { refusedPackages } from "./refused.js";
import { blocks, config, flashWith, install, makePackage, open, Rig } from "./rig.js";

test("a package is taken, and after an acknowledged uplink and a window it is confirmed", (t) => {
  const flash = new NorFlash(blocks);
  const first = open(flash);
  t.deepEqual([first.script, first.updates.expected], [undefined, undefined]);
  t.true(first.send(makePackage(config, 5, "one")));
  t.is(first.changes, 1);
  t.is(first.script, undefined, "not in this program");
  const second = open(flash);
  t.is(second.script, "one");
  t.is(second.said, "accepted: none");
  t.true(second.updates.isOnProbation);
  second.updates.acknowledged();
  t.true(second.updates.isOnProbation);
  second.updates.windowHandled();
  t.false(second.updates.isOnProbation);
  t.is(second.said, "confirmed: none");
  const { script, newest } = open(flash).updates.state();
  t.deepEqual([script, newest], [{ sequence: 5, version: 5 }, 5]);
});

test("what has happened on probation lasts: an acknowledgement in one program, a window in the next", (t) => {
  const flash = new NorFlash(blocks);
  open(flash).send(makePackage(config, 5, "one"));
  open(flash).updates.windowHandled();
  const rig = open(flash);
  t.true(rig.updates.isOnProbation);
  rig.updates.acknowledged();
  t.is(rig.said, "confirmed: none");
});

test("a window in which the app script had a strike proves nothing, nor do those before it", (t) => {
  const flash = new NorFlash(blocks);
  open(flash).send(makePackage(config, 5, "one"));
  const { updates } = open(flash);
  updates.windowHandled();
  updates.scriptStruck();
  updates.windowHandled();
  updates.acknowledged();
  t.true(updates.isOnProbation);
  t.true(open(flash).updates.isOnProbation);
  updates.windowHandled();
  t.false(updates.isOnProbation);
  updates.scriptStruck();
  t.false(open(flash).updates.isOnProbation, "what is confirmed stays so");
});

test("power fails during any write or erase of an update: the old script or the new one, and the next package is taken", (t) => {
  const old = makePackage(config, 5, "old");
  const next = makePackage(config, 6, "new, and longer than the old one");
  const before = flashWith(makePackage(config, 4, "older"), old).bytes;
  const outcomes = new Map<string, number>();
  let cuts = 0;
  for (const { image, where } of everyCut(before, (flash) => void install(flash, next))) {
    cuts++;
    const flash = flashOf(image);
    const rig = open(flash);
    const script = rig.script ?? "none";
    t.true(script === "old" || script.startsWith("new"), `${where}: ${script}`);
    t.true(
      rig.news.every(({ event }) => event === "accepted"),
      `${where}: ${rig.said}`,
    );
    const { newest } = rig.updates.state();
    t.is(newest, script === "old" ? 5 : 6, where);
    outcomes.set(script, (outcomes.get(script) ?? 0) + 1);
    // Every twentieth: the node is as good as before.
    if (cuts % 20 > 0) continue;
    t.is(install(flash, makePackage(config, 7, "next")).script, "next", where);
    t.is(open(flash).updates.takeBack("script failed", ""), true);
    t.true(["old", "new, and longer than the old one"].includes(open(flash).script!), where);
  }
  t.log(`${cuts} power cuts: ${[...outcomes].map(([script, count]) => `${count} ${script.slice(0, 3)}`).join(", ")}`);
  t.is(outcomes.size, 2);
});

test("power fails while a package is taken back: it, or its predecessor", (t) => {
  const flash = flashWith(makePackage(config, 5, "old"));
  open(flash).send(makePackage(config, 6, "new"));
  open(flash);
  const seen = new Set<string>();
  for (const { image, where } of everyCut(flash.bytes, (now) => void open(now).updates.takeBack("script failed", ""))) {
    const script = open(flashOf(image)).script ?? "none";
    t.true(["old", "new"].includes(script), `${where}: ${script}`);
    seen.add(script);
  }
  t.is(seen.size, 2);
});

test("power fails while settings are replaced: the old ones or the new ones", (t) => {
  const settings = (sequence: number, everySeconds: number) =>
    makePackage(config, sequence, { settings: encodeSettings({ everySeconds }) });
  const before = flashWith(makePackage(config, 4, "script"), settings(5, 1000)).bytes;
  const seen = new Set<number>();
  for (const { image, where } of everyCut(before, (flash) => void install(flash, settings(6, 2000)))) {
    const rig = open(flashOf(image));
    t.true([1000, 2000].includes(rig.updates.settings.everySeconds!), where);
    t.is(rig.script, "script", where);
    seen.add(rig.updates.settings.everySeconds!);
  }
  t.is(seen.size, 2);
});

test("each byte of a package flipped, each truncation: refused, nothing changed", (t) => {
  const before = flashWith(makePackage(config, 5, "old"));
  const good = makePackage(config, 6, "new");
  const reasons = new Map<string, number>();
  const refuse = (bytes: Uint8Array, what: string): void => {
    const flash = flashOf(before.bytes);
    const rig = open(flash);
    t.false(rig.send(bytes), what);
    t.is(rig.news.length, 1, what);
    t.is(rig.changes, 0, what);
    reasons.set(rig.said, (reasons.get(rig.said) ?? 0) + 1);
    const after = open(flash);
    t.is(after.script, "old", what);
    t.is(after.news.length, 0, what);
    t.is(after.updates.state().newest, 5, what);
  };
  for (let at = 0; at < good.length; at++)
    for (let bit = 0; bit < 8; bit++) {
      const bytes = Uint8Array.from(good);
      bytes[at]! ^= 1 << bit;
      refuse(bytes, `bit ${bit} of byte ${at}`);
    }
  for (let length = 1; length < good.length; length++) refuse(good.subarray(0, length), `${length} bytes`);
  t.deepEqual([...reasons.keys()].sort(), [
    "refused: bad signature",
    "refused: malformed",
    "refused: unknown format",
    "refused: wrong length",
  ]);
});

test("every other refusal has its own code, and changes nothing", (t) => {
  const large = ["more than a slot", makePackage(config, 6, "x".repeat(5000)), "too large", 0] as const;
  for (const [what, bytes, reason, subject] of [...refusedPackages(config), large]) {
    const flash = flashWith(makePackage(config, 5, "old"));
    const rig = open(flash);
    t.false(rig.send(bytes), what);
    t.is(rig.said, `refused: ${reason}`, what);
    t.is(rig.news[0]!.subject, subject, what);
    t.is(open(flash).script, "old", what);
    t.true(open(flash).send(makePackage(config, 6, "good")), `${what}; then a good one`);
  }
  const keyless = open(new NorFlash(blocks), { publicKey: null });
  t.false(keyless.send(makePackage(config, 6, "new")));
  t.is(keyless.said, "refused: no public key");
});

test("two crashes on probation take a package back; before that and after it crashes do not", (t) => {
  const flash = flashWith(makePackage(config, 5, "old"));
  t.is(open(flash, { isFailure: true }).said, "nothing");
  open(flash).send(makePackage(config, 6, "new"));
  t.is(open(flash).script, "new");
  t.is(open(flash, { isFailure: true }).script, "new");
  const back = open(flash, { isFailure: true });
  t.is(back.said, "taken back: failed starts");
  t.deepEqual([back.script, back.changes, back.news[0]!.subject], ["old", 1, 6]);
  t.false(back.updates.isOnProbation);
  t.false(back.send(makePackage(config, 6, "new")), "nor does it come again");
  t.is(back.said, "refused: older sequence");
  const proved = flashWith(makePackage(config, 5, "old"), makePackage(config, 6, "proved"));
  for (let crash = 1; crash <= 3; crash++) t.is(open(proved, { isFailure: true }).said, "nothing");
  t.is(open(proved).script, "proved");
});

test("without a predecessor the firmware's own is in force again; with nothing to take back, nothing happens", (t) => {
  const flash = new NorFlash(blocks);
  t.false(open(flash).updates.takeBack("script failed", ""));
  install(flash, makePackage(config, 5, "only"));
  const rig = open(flash);
  t.true(rig.updates.takeBack("script failed", "three strikes"));
  t.is(rig.said, "taken back: script failed");
  t.is(open(flash).script, undefined);
  const both = flashWith(makePackage(config, 5, "first"), makePackage(config, 6, "second"));
  for (const left of ["first", undefined]) {
    t.true(open(both).updates.takeBack("script failed", ""));
    t.is(open(both).script, left);
  }
});

test("parts come from several packages: settings leave the script and its predecessor, and go without them", (t) => {
  const settings = makePackage(config, 7, { settings: encodeSettings({ threshold: 1 }) });
  const flash = flashWith(makePackage(config, 5, "first"), makePackage(config, 6, "second"));
  open(flash).send(settings);
  const rig = open(flash);
  t.deepEqual([rig.script, rig.updates.settings], ["second", { threshold: 1 }]);
  rig.updates.takeBack("no acknowledgement", "");
  const after = open(flash);
  t.deepEqual([after.script, after.updates.settings], ["second", {}]);
  after.updates.takeBack("script failed", "");
  t.is(open(flash).script, "first");
});

test("a package that comes while another is on probation: neither is a predecessor before it has proved itself", (t) => {
  const flash = flashWith(makePackage(config, 5, "good"));
  open(flash).send(makePackage(config, 6, "unproved"));
  open(flash).send(makePackage(config, 7, "newer"));
  const rig = open(flash);
  t.is(rig.script, "newer");
  rig.updates.takeBack("script failed", "");
  t.is(open(flash).script, "good");

  const parts = flashWith(makePackage(config, 5, "good"));
  open(parts).send(makePackage(config, 6, "unproved"));
  open(parts).send(makePackage(config, 7, { settings: encodeSettings({ threshold: 1 }) }));
  open(parts).updates.takeBack("script failed", "");
  t.deepEqual([open(parts).script, open(parts).updates.settings], ["good", {}]);
});

test("a script that flash has damaged is taken back at the next start", (t) => {
  const flash = flashWith(makePackage(config, 5, "old"), makePackage(config, 6, "newest"));
  const at = Buffer.from(flash.bytes).indexOf("newest");
  flash.bytes[at]! &= 0x0f;
  const rig = open(flash);
  t.is(rig.said, "taken back: storage");
  t.is(rig.script, "old");
});

test("a new firmware with another profile goes by its own parts, says so once, and takes packages that are made for it", (t) => {
  const flash = flashWith(
    makePackage(config, 5, "script"),
    makePackage(config, 6, { settings: encodeSettings({ threshold: 1 }) }),
  );
  const other = { ...config, classes: config.classes.toReversed() };
  const rig = new Rig(flash, other);
  t.is(rig.said, "taken back: other profile");
  t.is(rig.changes, 0, "nothing of them runs");
  t.deepEqual([rig.script, rig.updates.settings, rig.updates.state().newest], [undefined, {}, 6]);
  t.is(new Rig(flash, other).said, "nothing");
  t.true(rig.send(makePackage(other, 7, "other")));
  t.is(new Rig(flash, other).script, "other");
});

test("pieces may come in any order and twice; a piece beyond the end is refused", (t) => {
  const flash = new NorFlash(blocks);
  const rig = open(flash);
  const bytes = makePackage(config, 5, "pieces");
  rig.updates.begin(bytes.length);
  const pieces: number[] = [];
  for (let at = 0; at < bytes.length; at += 7) pieces.unshift(at, at);
  for (const at of pieces) rig.updates.write(at, bytes.subarray(at, at + 7));
  t.throws(() => rig.updates.write(bytes.length - 3, new Uint8Array(4)), { instanceOf: RangeError });
  t.throws(() => rig.updates.write(-1, new Uint8Array(4)), { instanceOf: RangeError });
  t.is(rig.updates.expected, bytes.length);
  t.true(rig.updates.finish());
  t.is(rig.updates.expected, undefined, "no more of it");
  t.throws(() => rig.updates.write(0, bytes.subarray(0, 7)), { instanceOf: RangeError });
  t.false(rig.updates.finish());
  t.is(open(flash).script, "pieces");
});

test("forty packages, one after the other: each is in force, its predecessor is there", (t) => {
  const flash = new NorFlash(blocks);
  for (let sequence = 1; sequence <= 40; sequence++) {
    t.is(install(flash, makePackage(config, sequence, `script ${sequence}`)).script, `script ${sequence}`);
    if (sequence % 10 === 0)
      install(flash, makePackage(config, ++sequence, { settings: encodeSettings({ threshold: 0.5 }) }));
  }
  open(flash).updates.takeBack("script failed", "");
  t.is(open(flash).script, "script 39");
});
