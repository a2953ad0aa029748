// Slow: XS with the sanitizers, and a garbage collection at each allocation
import test from "ava";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildHost, exitCodes, runHost } from "../../host-tools/xs/index.js";
import { local, Xsbug } from "./xsbug.js";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "programs/stepper");
const file = path.join(folder, "stepper.ts");

test("expressions survive that garbage is collected, and the heap moved, at every step of them", async (t) => {
  const program = await buildHost({
    manifest: path.join(folder, "manifest.json"),
    main: path.join(folder, "stressed.ts"),
    stress: true,
  });
  const xsbug = await Xsbug.listen();
  t.teardown(() => xsbug.close());
  const killed = new AbortController();
  t.teardown(() => killed.abort());
  const finish = new AbortController();
  const ended = runHost(program, {
    debug: `127.0.0.1:${xsbug.port}`,
    finish: finish.signal,
    signal: killed.signal,
  });
  await xsbug.receive("<login");
  const breakpoint = (name: string, part: string, expression: string) =>
    `<${name} path="${file}" line="8" id="@1"><breakpoint-${part} path="${expression}"/></${name}>`;
  xsbug.start(breakpoint("breakpoint", "condition", "[2, 4].some(it =&gt; it === sum.value)"));
  const document = await xsbug.receive("<break");
  t.is(local(document, "value"), "2");
  const frame = /<local [^>]*value="(@\w+)"/.exec(document)![1]!;
  const answers: [expression: string, answer: string][] = [
    ["sum", 'value="{"value":2,"steps":2}"'],
    ["value = [1, 2, 3].map(it =&gt; it * value).join()", 'value="2,4,6"'],
    ["value = 2", 'value="2"'],
    ["missing.name", "# ReferenceError"],
  ];
  for (const [expression, answer] of answers) {
    xsbug.send(`<eval id="${frame}" path="${expression}" line="1"/>`);
    const result = (await xsbug.receive("<result")).replaceAll("&#34;", '"');
    t.true(result.includes(answer), result);
  }
  xsbug.send("<go/>");
  t.is(local(await xsbug.receive("<break"), "value"), "4");
  xsbug.send(breakpoint("set-breakpoint", "trace", "`value ${value} and ${JSON.stringify(sum)}`"));
  xsbug.send("<go/>");
  for (const value of [5, 6, 7]) t.true((await xsbug.receive("<log path")).includes(`value ${value} and `));
  finish.abort();
  const result = await ended;
  t.is(result.exitCode, exitCodes.requested, result.stderr);
});
