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
