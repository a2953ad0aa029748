// Slow: runs the whole node with a debugger
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { setTimeout as sleep } from "node:timers/promises";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack, scriptSection } from "../../host-tools/script/pack.js";
import { sourceMapOf } from "../../host-tools/script/sourceMap.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate, type SimulateOptions } from "../../host-tools/simulate/simulate.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";
import { keys } from "../update/rig.js";
import { breakAt, local, Xsbug, type XsbugMachine } from "../xs/xsbug.js";

const config = exampleNode();
const place = path.join(buildRoot, "test", `scriptdebug-${process.pid}`);
/** Wet, unsure, dry. */
const day = writeSoilDay(
  place,
  config,
  quietDay(config, 3, (window) => 31 - 10 * window),
);
const own = path.join(loamRoot, "device/app/app.ts");
const at = (file: string, line: number) => `<breakpoint path="${file}" line="${line}" id="@0"/>`;

async function run(options: Partial<SimulateOptions> = {}): Promise<SimulationEvent[]> {
  const events: SimulationEvent[] = [];
  await simulate({ ...day, config, ...options, onEvent: (event) => events.push(event) });
  return events;
}

/** The day with a debugger, which has set these breakpoints before there is any script. */
async function debugged(
  t: ExecutionContext,
  breakpoints: string[],
  options: Partial<SimulateOptions> = {},
): Promise<{ xsbug: Xsbug; ended: Promise<SimulationEvent[]> }> {
  const xsbug = await Xsbug.listen();
  t.teardown(() => xsbug.close());
  xsbug.scriptBreakpoints = breakpoints;
  void (async () => {
    for (;;) {
      await xsbug.receive("<login");
      xsbug.start();
    }
  })();
  return { xsbug, ended: run({ debug: `127.0.0.1:${xsbug.port}`, ...options }) };
}

test("a breakpoint in the firmware's app script stops it in each of its machines, at the TypeScript line, and takes no time", async (t) => {
  const expected = await run();
  const { xsbug, ended } = await debugged(t, [at(own, 12)]);
  for (let window = 0; window < 2; window++) {
    const script = await xsbug.script();
    const document = await script.receive("<break");
    t.is(breakAt(document), `${own}:12`);
    t.is(local(document, "name"), `'${config.actuators[0]!.name}'`);
    script.send("<step/>");
    t.is(breakAt(await script.receive("<break")), `${own}:11`);
    // Longer than a call may take, had it not been stopped.
    await sleep(700);
    script.send("<clear-all-breakpoints/>");
    script.send("<go/>");
  }
  xsbug.scriptBreakpoints = [];
  // The one that was made meanwhile has a breakpoint.
  void (async () => {
    for (;;) {
      const script = await xsbug.script();
      script.send("<clear-all-breakpoints/>");
      script.send("<go/>");
    }
  })();
  t.deepEqual(await ended, expected);
});

test("xsbug is closed while an app script stands in a break: node and script go on", async (t) => {
  const expected = await run();
  const { xsbug, ended } = await debugged(t, [at(own, 8)]);
  const script = await xsbug.script();
  await script.receive("<break");
  await xsbug.close();
  t.deepEqual(await ended, expected);
});

/** The debugger's text of an app script is another, readable, with lines: it takes some microseconds more or less. */
function alike(t: ExecutionContext, actual: SimulationEvent[], expected: SimulationEvent[]): void {
  const withoutTimes = (events: SimulationEvent[]) => events.map((event) => ({ ...event, time: 0, seconds: 0 }));
  t.deepEqual(withoutTimes(actual), withoutTimes(expected));
  for (const [i, { time }] of expected.entries()) t.true(Math.abs(actual[i]!.time - time) < 0.01);
}

/** An app script of two files. */
const script = path.join(place, "app");
const app = path.join(script, "app.ts");
const share = path.join(script, "lib/share.ts");
mkdirSync(path.dirname(share), { recursive: true });
writeFileSync(
  app,
  `import { shareOf } from "./lib/share.js";

interface Verdict {
  name: string;
  confidence: number;
}

/** Ümläute 😀 take more bytes than characters. */
export default function start(api: { log(text: string): void; isOn(name: string): boolean; send(verdict: Verdict): void }) {
  const texts = ["no — ", "ja: 😀 "];
  let calls = 0;
  return {
    onVerdict(verdict: Verdict) {
      calls += 1;
      const share = shareOf(verdict.confidence, calls);
      if (share > 1000)
        api.isOn("never");
      api.log(
        \`\${texts[calls]}
\${verdict.name}\`,
      );
      api.send(verdict);
      if (calls === 2) throw new Error("the second");
    },
  };
}
`,
);
writeFileSync(
  share,
  `/** Of one, so often. */
export function shareOf(confidence: number, times: number): number {
  let sum = 0;
  for (let i = 0; i < times; i++)
    sum += confidence;
  return sum;
}
`,
);

/** FILE:LINE of the line that begins so. */
function lineOf(file: string, start: string): string {
  const lines = readFileSync(file, "utf8").split("\n");
  return `${file}:${lines.findIndex((line) => line.trimStart().startsWith(start)) + 1}`;
}
const breakpointAt = (place: string, parts = ""): string => {
  const [file, line] = place.split(":");
  return `<breakpoint path="${file}" line="${line}" id="@0">${parts}</breakpoint>`;
};

/** Where a call goes, step by step: a function begins with its own line. */
const steps = [
  lineOf(app, "const share"),
  lineOf(share, "export function"),
  lineOf(share, "let sum"),
  lineOf(share, "for (let i"),
  lineOf(share, "sum += "),
  lineOf(share, "for (let i"),
  lineOf(share, "return sum"),
  lineOf(app, "if (share"),
  lineOf(app, "api.log("),
  lineOf(app, "`"),
];

async function stepsFrom(machine: XsbugMachine, count: number): Promise<string[]> {
  const taken: string[] = [];
  while (taken.length < count) {
    machine.send("<step-inside/>");
    taken.push(breakAt(await machine.receive("<break"))!);
  }
  return taken;
}

test("the app script of a folder stops at its TypeScript lines, in both files; its variables have their names", async (t) => {
  const expected = await run({ script });
  const { xsbug, ended } = await debugged(t, [breakpointAt(lineOf(app, "calls += 1"))], { script });
  const { machine, place, document } = await xsbug.scriptBreak();
  t.is(place, lineOf(app, "calls += 1"));
  t.is(local(document, "calls"), "0");
  t.deepEqual(await stepsFrom(machine, steps.length), steps);
  xsbug.scriptBreakpoints = [];
  machine.send("<clear-all-breakpoints/>");
  machine.send("<go/>");
  alike(t, await ended, expected);
});

test("a condition in an app script may ask the node, and takes no time", async (t) => {
  const expected = await run({ script });
  const condition = `<breakpoint-condition path="share &gt; 0 &amp;&amp; api.isOn('valve') === false"/>`;
  const { xsbug, ended } = await debugged(t, [breakpointAt(lineOf(app, "if (share"), condition)], { script });
  const places: string[] = [];
  void (async () => {
    for (;;) {
      const { machine, place } = await xsbug.scriptBreak();
      places.push(place);
      machine.send("<go/>");
    }
  })();
  alike(t, await ended, expected);
  const verdicts = expected.filter(({ event }) => event === "log").length;
  t.true(verdicts > 1);
  t.deepEqual(places, Array<string>(verdicts).fill(lineOf(app, "if (share")));
});

test("a packed app script stops at its TypeScript lines, when its map is beside the package", async (t) => {
  const { config: signed } = checkConfig({ ...config, updates: { publicKey: publicKeyOf(keys.privateKey) } });
  const file = path.join(place, "app.lpk");
  const head = { config: signed, key: keys.privateKey, sequence: 1, version: 1, name: "app" };
  writeFileSync(file, await pack({ ...head, script }));
  writeFileSync(...sourceMapOf(file, await scriptSection(script)));
  const given = { script: file, config: signed };
  const expected = await run(given);
  const { xsbug, ended } = await debugged(t, [breakpointAt(lineOf(app, "calls += 1"))], given);
  const { machine, place: stopped } = await xsbug.scriptBreak();
  t.is(stopped, lineOf(app, "calls += 1"));
  t.deepEqual(await stepsFrom(machine, steps.length), steps);
  xsbug.scriptBreakpoints = [];
  machine.send("<clear-all-breakpoints/>");
  machine.send("<go/>");
  alike(t, await ended, expected);
  // Another script's.
  writeFileSync(file, await pack({ ...head, script: path.dirname(own) }));
  await t.throwsAsync(run({ ...given, debug: "127.0.0.1:1" }), {
    name: "UserError",
    message: /app\.lpk\.map is no source map of the app script in .*app\.lpk: pack it again, or remove the map/,
  });
});

test("each machine that follows a strike has the breakpoints, and so has the firmware's own script that takes over", async (t) => {
  const failing = path.join(place, "failing");
  const file = path.join(failing, "app.ts");
  mkdirSync(failing, { recursive: true });
  writeFileSync(
    file,
    `export default (api: { setTimer(name: string, seconds: number): void }) => {
  api.setTimer("tick", 5);
  return {
    onVerdict() {
      throw new Error("with a verdict");
    },
    onTimer() {
      throw new Error("with a timer");
    },
  };
};
`,
  );
  const expected = await run({ script: failing });
  const thrown = [lineOf(file, 'throw new Error("with a verdict'), lineOf(file, 'throw new Error("with a timer')];
  const { xsbug, ended } = await debugged(
    t,
    [...thrown, `${own}:8`].map((it) => breakpointAt(it)),
    {
      script: failing,
    },
  );
  const places: string[] = [];
  while (places.at(-1) !== `${own}:8`) {
    const { machine, place } = await xsbug.scriptBreak();
    places.push(place);
    machine.send("<clear-all-breakpoints/>");
    machine.send("<go/>");
  }
  t.is(places.length, 4);
  t.deepEqual([...new Set(places.slice(0, 3))].sort(), [...thrown].sort());
  xsbug.scriptBreakpoints = [];
  alike(t, await ended, expected);
});

test("a debugger for one machine only does not hold up the script", async (t) => {
  const expected = await run();
  const { xsbug, ended } = await debugged(t, []);
  xsbug.scriptBreakpoints = undefined;
  t.deepEqual(await ended, expected);
  t.true(xsbug.scripts.length > 0);
});
