import test from "ava";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { breakAt, local, Xsbug } from "./xsbug.js";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "programs/debug");
const file = path.join(folder, "smooth.ts");
const program = buildHost({ manifest: path.join(folder, "manifest.json") });

test("xsbug: a breakpoint in a .ts file, a local, steps by TypeScript lines, on to the end", async (t) => {
  const xsbug = await Xsbug.listen();
  t.teardown(() => xsbug.close());
  const ended = runHost(await program, { debug: `127.0.0.1:${xsbug.port}`, timeoutMs: 30_000 });
  t.true((await xsbug.receive("<login")).includes('value="XS 17.7.0 64-bit LE 16-bit ID"'));
  xsbug.send(`<set-all-breakpoints><breakpoint path="${file}" line="6"/></set-all-breakpoints>`);

  let document = await xsbug.receive("<break");
  t.is(breakAt(document), `${file}:6`);
  t.is(local(document, "value"), "3");
  t.is(local(document, "difference"), "3");

  xsbug.send("<step/>");
  document = await xsbug.receive("<break");
  t.is(breakAt(document), `${file}:7`);
  t.is(local(document, "half"), "1.5");

  xsbug.send("<step-outside/>");
  document = await xsbug.receive("<break");
  t.regex(breakAt(document) ?? "", /main\.ts:11$/);

  xsbug.send("<go/>");
  document = await xsbug.receive("<break");
  t.is(breakAt(document), `${file}:6`);
  t.is(local(document, "value"), "5");

  xsbug.send("<clear-all-breakpoints/>");
  xsbug.send("<go/>");
  await xsbug.receive("level 3.25");
  const result = await ended;
  t.is(result.exitCode, 0, result.stderr);
  t.is(result.stdout, "level 1.5\nlevel 3.25\n");
});

test("xsbug is not running yet: the program says so, waits, and continues once it is", async (t) => {
  const first = await Xsbug.listen();
  const port = first.port;
  await first.close();
  const ended = runHost(await program, { debug: `127.0.0.1:${port}`, timeoutMs: 30_000 });
  await sleep(300);
  const xsbug = await Xsbug.listen(port);
  t.teardown(() => xsbug.close());
  await xsbug.receive("<login");
  xsbug.send("<set-all-breakpoints></set-all-breakpoints>");
  const result = await ended;
  t.is(result.exitCode, 0, result.stderr);
  t.true(result.stderr.includes(`waiting for xsbug at 127.0.0.1:${port}`), result.stderr);
});
