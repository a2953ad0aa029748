/** Packages that bring the predecessors of what is in force back. */
import test from "ava";
import { encodePackage } from "../../device/codec/package.js";
import { encodeSettings } from "../../device/codec/settings.js";
import { everyCut, flashOf } from "../flash/powercuts.js";
import { config, flashWith, makePackage, open, profileOf, signed } from "./rig.js";

const backPackage = (sequence: number, parts: readonly ("script" | "model" | "settings")[] = ["script"]) =>
  signed(
    encodePackage(
      { sequence, profile: profileOf(config), apiLevel: 1, languageLevel: 1, version: 0, name: "back" },
      {},
      parts,
    ),
  );

test("a package that says so brings the predecessor back, under the rules of every package", (t) => {
  const flash = flashWith(makePackage(config, 5, "first"), makePackage(config, 6, "second"));
  const old = open(flash);
  t.false(old.send(backPackage(6)));
  t.is(old.said, "refused: older sequence");
  t.true(open(flash).send(backPackage(7)));
  const rig = open(flash);
  t.is(rig.script, "first");
  t.deepEqual(
    rig.news.map(({ event, subject }) => `${subject} ${event}`),
    ["7 accepted", "7 confirmed"],
  );
  t.false(rig.updates.isOnProbation);
  t.is(rig.updates.state().newest, 7);
  t.false(open(flash).send(makePackage(config, 6, "second")), "nor does the other come again");
  // The firmware's own is before the first.
  t.true(open(flash).send(backPackage(8)));
  t.is(open(flash).script, undefined);
  t.true(open(flash).send(makePackage(config, 9, "third")));
  t.is(open(flash).script, "third");
});

test("only the parts that are named come back; one on probation stays on it", (t) => {
  const settings = makePackage(config, 6, { settings: encodeSettings({ threshold: 1 }) });
  const flash = flashWith(makePackage(config, 5, "script"), settings);
  open(flash).send(makePackage(config, 7, "new"));
  t.true(open(flash).updates.isOnProbation);
  open(flash).send(backPackage(8, ["settings"]));
  const rig = open(flash);
  t.deepEqual([rig.script, rig.updates.settings], ["new", {}]);
  t.true(rig.updates.isOnProbation);
  rig.updates.takeBack("script failed", "");
  t.is(open(flash).script, "script");
});

test("power fails at any write of it: what is in force, or its predecessor", (t) => {
  const before = flashWith(makePackage(config, 5, "first"), makePackage(config, 6, "second")).bytes;
  const seen = new Set<string>();
  for (const { image, where } of everyCut(before, (flash) => {
    open(flash).send(backPackage(7));
    open(flash);
  })) {
    const flash = flashOf(image);
    const { script, news } = open(flash);
    t.deepEqual(
      news.filter(({ event }) => event === "refused"),
      [],
      where,
    );
    t.true(script === "first" || script === "second", `${where}: ${script}`);
    seen.add(script!);
    open(flash).send(backPackage(8));
    t.not(open(flash).script, "second", where);
  }
  t.is(seen.size, 2);
});
