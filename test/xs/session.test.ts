import test, { type ExecutionContext } from "ava";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { buildHost, exitCodes, runHost, type HostProgram, type RunOptions } from "../../host-tools/xs/index.js";
import { breakAt, goesOn, local, Xsbug } from "./xsbug.js";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "programs/stepper");
const file = path.join(folder, "stepper.ts");
const program = buildHost({ manifest: path.join(folder, "manifest.json") });
const breakpoint = `<breakpoint path="${file}" line="8" id="@0"/>`;

/** The endless program, until `end` is called. */
function start(
  t: ExecutionContext,
  xsbug: Xsbug,
  options: RunOptions = {},
  of: HostProgram | typeof program = program,
) {
  const killed = new AbortController();
  t.teardown(() => killed.abort());
  const finish = new AbortController();
  const lines: string[] = [];
  const ended = Promise.resolve(of).then((built) =>
    runHost(built, {
      debug: `127.0.0.1:${xsbug.port}`,
      timeoutMs: 120_000,
      finish: finish.signal,
      signal: killed.signal,
      onLine: (line) => lines.push(line),
      ...options,
    }),
  );
  return { lines, end: async () => (finish.abort(), await ended) };
}

test("break at start: before the program's first line", async (t) => {
  const xsbug = await Xsbug.listen();
  t.teardown(() => xsbug.close());
  const node = start(t, xsbug);
  await xsbug.receive("<login");
  xsbug.start('<breakpoint path="start" line="0" id="@0"/>');
  const document = await xsbug.receive("<break");
  t.regex(breakAt(document) ?? "", /stepper\.ts:[12]$/);
  t.deepEqual(node.lines, []);
  xsbug.send("<go/>");
  await xsbug.receive("turn 3 ");
  t.is((await node.end()).exitCode, exitCodes.requested);
});

test("the login names the version of XS that xsbug compiles expressions for: the SDK's, or one that is set", async (t) => {
  for (const [version, env] of [
    ["17.7.0", {}],
    ["16.5.0", { LOAM_XSBUG_VERSION: "16.5.0" }],
  ] as const) {
    const xsbug = await Xsbug.listen();
    t.teardown(() => xsbug.close());
    const node = start(t, xsbug, { env });
    // xsbug reads six words: XS, version, bits of a pointer, order of bytes, bits of a name.
    t.true((await xsbug.receive("<login")).includes(`value="XS ${version} 64-bit LE 16-bit ID"`));
    xsbug.start();
    await xsbug.receive("turn 1 ");
    t.is((await node.end()).exitCode, exitCodes.requested);
  }
});

test("xsbug is closed and opened again: the program goes on meanwhile, logs in again, and has the new breakpoints only", async (t) => {
  const first = await Xsbug.listen();
  const { port } = first;
  const node = start(t, first);
  await first.receive("<login");
  first.start(breakpoint, '<breakpoint path="exceptions" line="0" id="@0"/>');
  t.is(breakAt(await first.receive("<break")), `${file}:8`);
  first.send("<step/>");
  await first.receive("<break");
  // It stands in a break now, with a step that is not at its end.
  await first.close();
  t.true(await goesOn(node.lines, 100), "without xsbug");

  const second = await Xsbug.listen(port);
  t.teardown(() => second.close());
  t.true((await second.receive("<login")).includes('name="stepper"'));
  const before = node.lines.length;
  second.start();
  const document = await second.receive("turn ");
  t.false(document.includes("<break"), "breakpoints and steps of the old session are gone");
  second.send(`<set-breakpoint path="${file}" line="8"/>`);
  t.true(Number(local(await second.receive("<break"), "value")) >= before);
  second.send("<clear-all-breakpoints/>");
  second.send("<go/>");
  const result = await node.end();
  t.is(result.exitCode, exitCodes.requested, result.stderr);
  t.true(result.stderr.includes("connected to xsbug again"), result.stderr);
});

test("a program that a deep sleep begins anew logs in again, and waits for no xsbug", async (t) => {
  const sleeper = path.join(folder, "../../../sleep");
  const built = await buildHost({
    manifest: path.join(sleeper, "manifest.json"),
    main: path.join(sleeper, "again.xs.ts"),
  });
  const first = await Xsbug.listen();
  const { port } = first;
  const node = start(t, first, {}, built);
  for (let login = 0; login < 3; login++) {
    await first.receive("<login");
    first.start();
    await first.receive("awake");
  }
  await first.close();
  t.true(await goesOn(node.lines, 10), "it sleeps and wakes without xsbug");
  const second = await Xsbug.listen(port);
  t.teardown(() => second.close());
  await second.receive("<login");
  second.start();
  await second.receive("awake");
  t.is((await node.end()).exitCode, exitCodes.requested);
});

/** What a serial line, a terminal or a port scanner may have sent. */
const garbage: [what: string, bytes: string | Uint8Array][] = [
  ["a carriage return alone", "\r"],
  ["carriage returns", "\r\r\rx"],
  [
    "a chip's boot messages",
    "ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n",
  ],
  ["the beginning of an element", '<set-breakpoint path="'],
  ["angle brackets", "<<< >>> </ <?xml <! <![CDATA["],
  ["a request of a browser", "GET / HTTP/1.1\r\nHost: localhost:5002\r\nAccept: text/html,*/*;q=0.8\r\n\r\n"],
  ["elements that nobody knows", '\r\n<hello/>\r\n<world name="<go/>">\r\n</world>\r\n'],
  ["an element without an end", "<" + "a".repeat(3 << 20)],
  ["every byte", Uint8Array.from({ length: 4096 }, (_, i) => (i * 167 + (i >> 8) * 31) & 255)],
];
for (const [what, bytes] of garbage)
  test(`garbage before the first command does no harm: ${what}`, async (t) => {
    const xsbug = await Xsbug.listen();
    t.teardown(() => xsbug.close());
    const node = start(t, xsbug);
    await xsbug.receive("<login");
    xsbug.sendBytes(bytes);
    await sleep(50);
    xsbug.start(breakpoint);
    t.is(local(await xsbug.receive("<break"), "value"), "1");
    xsbug.sendBytes(bytes);
    xsbug.send("<clear-all-breakpoints/>");
    xsbug.send("<go/>");
    await xsbug.receive("turn 1 ");
    // While it runs, it does not stop to wait for the rest.
    xsbug.sendBytes(bytes);
    t.true(await goesOn(node.lines, 100));
    t.is((await node.end()).exitCode, exitCodes.requested);
  });

test("a debugged program takes the same simulated time: breakpoints, conditions and breaks cost none", async (t) => {
  const times = async (options: RunOptions): Promise<string[]> => {
    const built = await buildHost({
      manifest: path.join(folder, "manifest.json"),
      main: path.join(folder, "timed.ts"),
    });
    return (await runHost(built, { timeoutMs: 120_000, ...options })).lines;
  };
  const expected = await times({});
  t.is(expected.length, 20);
  const xsbug = await Xsbug.listen();
  t.teardown(() => xsbug.close());
  const debugged = times({ debug: `127.0.0.1:${xsbug.port}` });
  await xsbug.receive("<login");
  xsbug.start(
    `<breakpoint path="${file}" line="8" id="@1"><breakpoint-condition path="Date.now() &gt; 0 &amp;&amp; [1, 2, 3].map(it =&gt; it + value).includes(13)"/></breakpoint>`,
  );
  for (const value of ["10", "11", "12"]) {
    t.is(local(await xsbug.receive("<break"), "value"), value);
    await sleep(20);
    xsbug.send("<go/>");
  }
  t.deepEqual(await debugged, expected);
});
