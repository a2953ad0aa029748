// Slow: runs the whole node
/** Settings in a package act on the whole node from its next start on: period, offsets, names of classes with the rules that go by them, timers' limit. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { encodePackageParts } from "../../device/codec/packagepart.js";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack, type PackOptions } from "../../host-tools/script/pack.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";
import { keys } from "./rig.js";

const folder = path.join(buildRoot, "test", `inforce-${process.pid}`);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
const config = { ...exampleNode(), updates: { publicKey: publicKeyOf(keys.privateKey) } };
const { everySeconds } = config.window;
/** Always wet, and reported each time. */
const day = writeSoilDay(
  folder,
  config,
  quietDay(config, 12, () => 40),
);

/** @param at seconds after which it comes */
async function withPackage(at: number, what: Pick<PackOptions, "settings" | "script">): Promise<SimulationEvent[]> {
  const bytes = await pack({ config, key: keys.privateKey, sequence: 9, version: 9, name: "test", ...what });
  const downlinks = encodePackageParts(bytes, 51).map((payload) => ({ at, port: 22, payload }));
  const events: SimulationEvent[] = [];
  await simulate({ ...day, config, downlinks, onEvent: (event) => events.push(event) });
  return events;
}

/** s between windows, all of them the same. */
function periods(events: readonly SimulationEvent[]): number[] {
  const times = events.flatMap(({ event, time }) => (event === "window" ? [time] : []));
  return times.slice(1).map((time, i) => Math.round(time - times[i]!));
}

test("a package of settings: windows come at its period, readings have its offset, verdicts and rules its names", async (t) => {
  const { classes, sensors } = config;
  const soil = sensors.findIndex(({ name }) => name === "soil");
  const dry = classes.indexOf("dry");
  const events = await withPackage(everySeconds, {
    settings: { everySeconds: 2 * everySeconds, offsets: { [soil]: -30 }, classes: { [dry]: "trocken" } },
  });
  const accepted = events.findIndex((event) => event.event === "update" && event.what === "accepted");
  t.true(accepted > 0);
  const [before, after] = [events.slice(0, accepted), events.slice(accepted)];
  const names = (some: SimulationEvent[]): string[] => [
    ...new Set(some.flatMap((event) => (event.event === "verdict" ? [event.name] : []))),
  ];
  const switched = (some: SimulationEvent[]): string[] =>
    some.flatMap((event) => (event.event === "actuation" && event.on ? [event.actuator] : []));
  t.deepEqual(names(before), ["normal"]);
  t.deepEqual(names(after), ["trocken"]);
  // The rule of "dry".
  t.deepEqual(switched(before), []);
  t.deepEqual(switched(after).slice(0, 2), ["valve", "pump"]);
  t.deepEqual([...new Set(periods(before))], [everySeconds]);
  t.true(periods(after).length > 1);
  t.deepEqual([...new Set(periods(after))], [2 * everySeconds]);
});

test("a package of a script with a limit of its timers: that is where it is stopped", async (t) => {
  const script = path.join(folder, "timers");
  mkdirSync(script);
  writeFileSync(
    path.join(script, "app.ts"),
    `export default (api: any) => ({
      onVerdict(verdict: any) { api.send(verdict); for (const name of "abcdef") api.setTimer(name, 60); },
      onTimer(name: string) { api.log(name); },
    });`,
  );
  for (const [timersPerHour, isStopped] of [
    [5, true],
    [3600, false],
  ] as const) {
    const events = await withPackage(0, { script, settings: { limits: { timersPerHour } } });
    const failures = events.flatMap((event) => (event.event === "script failed" ? [event.failure] : []));
    t.is(failures[0], isStopped ? "quota" : undefined, String(timersPerHour));
    const first = events.findIndex(({ event }) => event === "script failed");
    const due = events.slice(0, isStopped ? first : undefined).filter(({ event }) => event === "log").length;
    t.true(isStopped ? due === timersPerHour : due > 6, `${due} due`);
  }
});
