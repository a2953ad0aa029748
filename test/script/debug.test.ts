// Slow: runs the whole node with a debugger
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { setTimeout as sleep } from "node:timers/promises";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate, type SimulateOptions } from "../../host-tools/simulate/simulate.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";
import { breakAt, local, Xsbug } from "../xs/xsbug.js";

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
