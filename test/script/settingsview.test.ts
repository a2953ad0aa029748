import test from "ava";
import {
  decodeSettingsReport,
  encodeSettingsReport,
  nameHash,
  splitSettingsReport,
  type SettingsInForce,
  type SettingsReport,
} from "../../device/codec/settingsreport.js";
import type { NodeConfig } from "../../device/config.js";
import { describeSettings, mergeSettings } from "../../host-tools/script/settingsView.js";
import { exampleNode } from "../device/helpers/day.js";
import { applySettings, settingsInForce } from "../../device/update/inforce.js";

const config: NodeConfig = exampleNode();

/** What a node with these settings has said, in payloads of so many bytes. */
const reported = (settings: SettingsInForce, room = 222): SettingsReport =>
  encodeSettingsReport(settings, 0)
    .flatMap((bytes) => splitSettingsReport(bytes, room))
    .map((bytes) => decodeSettingsReport(bytes))
    .reduce((known: SettingsReport | undefined, next) => mergeSettings(known, next), undefined)!;

test("whole numbers are printed with all their digits", (t) => {
  const limits = { bytes: 131_072, calls: 10_000 };
  const lines = describeSettings(
    reported(settingsInForce(applySettings(config, { limits, everySeconds: 86_399 }), {})),
    undefined,
    undefined,
  );
  for (const line of ["limits.bytes 131072", "limits.calls 10000", "everySeconds 86399"])
    t.true(lines.includes(line), lines.join("\n"));
});

test("a value that differs is not printed as the one that it differs from", (t) => {
  const known = reported(settingsInForce(applySettings(config, { threshold: 0.65, limits: { bytes: 131_071 } }), {}));
  const settings = { threshold: 0.65002, limits: { bytes: 131_070 } };
  const differing = describeSettings(known, config, { sequence: 9, settings }).filter((line) =>
    line.includes("differs"),
  );
  t.is(differing.length, 2);
  for (const line of differing) {
    const [, inForce, wanted] = / (\S+): differs, package 9 says (\S+)$/.exec(line)!;
    t.not(inForce, wanted, line);
  }
});

test("another report with the same number leaves no old name where a hash has come, and no old hash where a name has", (t) => {
  const stamp = { sequence: 1, time: 0, report: 3 };
  const named = { ...stamp, classes: { 0: "old", 1: "same" } };
  const hashed = { ...stamp, classHashes: { 0: nameHash("new"), 1: nameHash("same") } };
  t.deepEqual(mergeSettings(named, hashed).classes, { 1: "same" });
  t.deepEqual(named.classes, { 0: "old", 1: "same" });
  t.deepEqual(mergeSettings(hashed, named).classHashes, {});
  const lines = describeSettings(mergeSettings(named, hashed), undefined, undefined);
  t.deepEqual(lines.slice(-2), [
    `classes.0 a name with the hash ${nameHash("new").toString(16).padStart(5, "0")}`,
    "classes.1 same",
  ]);
});

test("another report with the same number says nothing of the values of the one before", (t) => {
  const payloads = (threshold: number, sequence: number, time: number): SettingsReport[] => {
    const settings = settingsInForce(applySettings(config, { threshold }), {});
    return encodeSettingsReport(settings, time)
      .flatMap((bytes) => splitSettingsReport(bytes, 51))
      .map((bytes) => ({ ...decodeSettingsReport(bytes), sequence }));
  };
  const first = payloads(0.5, 100, 1000);
  // Of 16 numbers one is the same.
  const other = Array.from({ length: 100 }, (_, i) => 0.51 + i / 1000).find(
    (threshold) => payloads(threshold, 0, 0)[0]!.report === first[0]!.report,
  )!;
  const known = first.reduce((all: SettingsReport | undefined, next) => mergeSettings(all, next), undefined)!;
  t.truthy(known.limits && known.classes);
  for (const [what, sequence, time] of [
    ["soon after", 103, 1060],
    ["16 packages later", 150, 90_000],
    ["sequence numbers begin anew", 12, 0],
  ] as const) {
    const second = payloads(other, sequence, time);
    t.true(second.length > 1);
    const part = mergeSettings(known, second[0]!);
    t.deepEqual(part, second[0]!, what);
    const whole = second.reduce((all, next) => mergeSettings(all, next), known);
    t.deepEqual(
      [Object.keys(whole.limits!), whole.threshold],
      [Object.keys(known.limits!), second[0]!.threshold],
      what,
    );
  }
  // One that a later sync has given another second.
  const later = { ...first[1]!, time: first[1]!.time + 1, sequence: 101 };
  t.is(mergeSettings(first[0], later).threshold, first[0]!.threshold);
});
