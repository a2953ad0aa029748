import test, { type ExecutionContext } from "ava";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, exitCodes, runHost } from "../../host-tools/xs/index.js";
import { breakAt, goesOn, local, Xsbug } from "../xs/xsbug.js";

const folder = path.join(loamRoot, "test/script");
const program = buildHost({
  manifest: path.join(folder, "manifest.json"),
  main: path.join(folder, "stepping.xs.ts"),
});
const script = path.join(folder, "stepped.xs.ts");
const node = path.join(folder, "stepping.xs.ts");
const at = (file: string, line: number) => `<breakpoint path="${file}" line="${line}" id="@0"/>`;

/** The endless program, until `end` is called. */
function start(t: ExecutionContext, port: number) {
  const killed = new AbortController();
  t.teardown(() => killed.abort());
  const finish = new AbortController();
  const lines: string[] = [];
  const ended = program.then((built) =>
    runHost(built, {
      debug: `127.0.0.1:${port}`,
      timeoutMs: 120_000,
      finish: finish.signal,
      signal: killed.signal,
      onLine: (line) => lines.push(line),
    }),
  );
  return { lines, end: async () => (finish.abort(), await ended) };
}

test("each machine stops at its breakpoints, and only the one that has them; in a break no time passes", async (t) => {
  const xsbug = await Xsbug.listen();
  t.teardown(() => xsbug.close());
  xsbug.scriptBreakpoints = [at(script, 4), at(node, 10)];
  const running = start(t, xsbug.port);
  await xsbug.receive("<login");
  xsbug.start(at(script, 4));
  const machine = await xsbug.script();
  for (const value of ["1", "2"]) {
    const document = await machine.receive("<break");
    t.is(breakAt(document), `${script}:4`);
    t.is(local(document, "value"), value);
    // Longer than its call may take.
    await sleep(300);
    if (value === "2") xsbug.send(`<set-breakpoint path="${node}" line="10"/>`);
    machine.send("<go/>");
  }
  const document = await xsbug.receive("<break");
  t.is(breakAt(document), `${node}:10`);
  t.is(local(document, "value"), "2");
  t.deepEqual(running.lines, ["turn 1: ok, 2"]);
  // It is not being called, and gets this for its next call.
  machine.send("<clear-all-breakpoints/>");
  machine.send(`<set-breakpoint path="${script}" line="11"/>`);
  machine.send('<set-breakpoint path="exceptions" line="0"/>');
  xsbug.send("<clear-all-breakpoints/>");
  xsbug.send("<go/>");
  t.is(breakAt(await machine.receive("<break")), `${script}:11`);
  machine.send("<go/>");
  t.is(breakAt(await machine.receive("<break")), `${script}:6`);
  t.true((await xsbug.receive("turn 3")).includes("turn 3: ok, 6"));
  machine.send("<clear-all-breakpoints/>");
  machine.send('<clear-breakpoint path="exceptions" line="0"/>');
  machine.send("<go/>");
  t.true(await goesOn(running.lines, 20));
  t.is(running.lines[3], "turn 4: ok, RangeError: 4 again");
  t.is((await running.end()).exitCode, exitCodes.requested);
});

test("xsbug is closed while a script stands in a break, and opened again: both machines log in, with the new breakpoints", async (t) => {
  const first = await Xsbug.listen();
  const { port } = first;
  first.scriptBreakpoints = [at(script, 4)];
  const running = start(t, port);
  await first.receive("<login");
  first.start();
  const stopped = await first.scriptBreak();
  stopped.machine.send("<step/>");
  await stopped.machine.receive("<break");
  await first.close();
  t.true(await goesOn(running.lines, 100), "without xsbug");
  const second = await Xsbug.listen(port);
  t.teardown(() => second.close());
  second.scriptBreakpoints = [at(script, 11)];
  await second.receive("<login");
  second.start();
  const { machine, place, document } = await second.scriptBreak();
  t.is(place, `${script}:11`);
  t.true(Number(local(document, "value")) > 100);
  // xsbug's button that ends a program.
  machine.send("<abort/>");
  const { exitCode, stderr } = await running.end();
  t.is(exitCode, exitCodes.resources);
  t.regex(stderr, /ended by the debugger/);
});

test("a debugger that never answers a second machine is waited for once", async (t) => {
  const xsbug = await Xsbug.listen();
  t.teardown(() => xsbug.close());
  xsbug.scriptBreakpoints = undefined;
  const running = start(t, xsbug.port);
  await xsbug.receive("<login");
  xsbug.start();
  await xsbug.receive("turn 1:");
  t.true(await goesOn(running.lines, 50));
  t.is(xsbug.scripts.length, 1);
  t.is((await running.end()).exitCode, exitCodes.requested);
});
