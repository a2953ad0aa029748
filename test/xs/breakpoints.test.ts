import test, { type ExecutionContext } from "ava";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildHost, exitCodes, runHost } from "../../host-tools/xs/index.js";
import { breakAt, local, Xsbug } from "./xsbug.js";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "programs/stepper");
const file = path.join(folder, "stepper.ts");
const program = buildHost({ manifest: path.join(folder, "manifest.json") });
/** Where `sum` has its value. */
const line = 8;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
const breakpoint = (parts: { condition?: string; hitCount?: string; trace?: string }): string => {
  const elements = [
    parts.condition && `<breakpoint-condition path="${escaped(parts.condition)}"/>`,
    parts.hitCount && `<breakpoint-hit-count path="${escaped(parts.hitCount)}"/>`,
    parts.trace && `<breakpoint-trace path="${escaped(parts.trace)}"/>`,
  ];
  return `<breakpoint path="${file}" line="${line}" id="@1">${elements.filter(Boolean).join("")}</breakpoint>`;
};

/** Runs the endless program until the test has seen what it wants. */
async function debug(t: ExecutionContext, run: (xsbug: Xsbug) => Promise<void>): Promise<void> {
  const xsbug = await Xsbug.listen();
  t.teardown(() => xsbug.close());
  const finish = new AbortController();
  const killed = new AbortController();
  t.teardown(() => killed.abort());
  const ended = runHost(await program, {
    debug: `127.0.0.1:${xsbug.port}`,
    timeoutMs: 120_000,
    finish: finish.signal,
    signal: killed.signal,
  });
  await xsbug.receive("<login");
  await run(xsbug);
  finish.abort();
  xsbug.send("<clear-all-breakpoints/>");
  xsbug.send("<go/>");
  const result = await ended;
  t.is(result.exitCode, exitCodes.requested, result.stderr);
}

/** `value` at the next breaks. */
async function valuesAtBreaks(t: ExecutionContext, xsbug: Xsbug, count: number): Promise<number[]> {
  const values: number[] = [];
  for (let i = 0; i < count; i++) {
    const document = await xsbug.receive("<break");
    t.is(breakAt(document), `${file}:${line}`);
    values.push(Number(local(document, "value")));
    if (i + 1 < count) xsbug.send("<go/>");
  }
  return values;
}

/** Conditions as source text, and as `xsc -p -d -eval -e` of the Moddable SDK 8.2.3 (XS 17.7) compiles them for xsbug. */
const conditions = [
  {
    source: "value > 3",
    compiled:
      "0000003958535F420000000C56455253110700000000001053594D42020076616C75650000000015434F44450C004D0100670100720380BBA9",
    breaks: [4, 5, 6],
  },
  {
    source: "this.#steps % 2 === 0",
    compiled:
      "0000004558535F420000000C56455253110700000000001153594D4202002373746570730000000020434F44450C009E018501004C0100340192D65E0172027F7200C7BBA9",
    breaks: [2, 4, 6],
    isCompiledOnly: true,
  },
  {
    source: "[2, 4].some(it => it === value)",
    compiled:
      "0000008B58535F420000000C56455253110700000000001F53594D4205006974006C656E6774680076616C756500736F6D650000000058434F44450C009E018B06B5015C017202B90200925C0172000972028A72005C0172010972048A7200E2014260040028570000EC00002E170C019E018601000200E601925C014D0300670300C7BB455892AB01BBA9",
    breaks: [2, 4],
  },
];
for (const { source, compiled, breaks, isCompiledOnly } of conditions) {
  for (const [form, condition] of [["byte code", compiled], ...(isCompiledOnly ? [] : [["source text", source]])])
    test(`conditional breakpoint: ${source}, as ${form}`, async (t) => {
      await debug(t, async (xsbug) => {
        xsbug.start(breakpoint({ condition: condition! }));
        t.deepEqual(await valuesAtBreaks(t, xsbug, breaks.length), breaks);
      });
    });
}

/** Lines of xsbug's log that a place has written, until there are `count`. */
async function logged(t: ExecutionContext, xsbug: Xsbug, count: number): Promise<string[]> {
  const lines: string[] = [];
  while (lines.length < count) {
    const document = await xsbug.receive("<log path=");
    t.false(document.includes("<break"));
    const [, at, text] = /<log path="(.+)" line="\d+">(.*)\n<\/log>/s.exec(document)!;
    t.is(at, file);
    lines.push(text!.replaceAll("&#39;", "'"));
  }
  return lines;
}

// `value ${value}, ${sum.steps} steps`, compiled as above
const trace =
  "0000006658535F420000000C56455253110700000000001A53594D42040073756D0076616C75650073746570730000000038434F44450C00C90776616C756520004D0200670200DB01C9032C2000014D0100670100600300DB01C9072073746570730001BBA9";
for (const [form, expression] of [
  ["byte code", trace],
  ["source text", "`value ${value}, ${sum.steps} steps`"],
])
  test(`logpoint: a line in xsbug's log at each hit, and no stop; as ${form}`, async (t) => {
    await debug(t, async (xsbug) => {
      xsbug.start(breakpoint({ trace: expression! }));
      t.deepEqual(await logged(t, xsbug, 3), ["value 1, 1 steps", "value 2, 2 steps", "value 3, 3 steps"]);
    });
  });

const hitCounts: [hitCount: string, breaks: number[], noneAfter?: true][] = [
  ["=3", [3], true],
  ["< 3", [1, 2], true],
  ["<=2", [1, 2], true],
  [">2", [3, 4]],
  [">=2", [2, 3]],
  ["%3", [3, 6, 9]],
  ["2", [2, 3]],
];
for (const [hitCount, breaks, noneAfter] of hitCounts)
  test(`hit count ${hitCount}`, async (t) => {
    await debug(t, async (xsbug) => {
      xsbug.start(breakpoint({ hitCount }));
      t.deepEqual(await valuesAtBreaks(t, xsbug, breaks.length), breaks);
      if (!noneAfter) return;
      xsbug.send("<go/>");
      let document: string;
      do {
        document = await xsbug.receive("");
        t.false(document.includes("<break"));
      } while (!document.includes("turn 6 "));
    });
  });

test("hit count: only hits at which the condition holds; with a trace, what they log", async (t) => {
  await debug(t, async (xsbug) => {
    xsbug.start(breakpoint({ condition: "value % 2 === 0", hitCount: "%2", trace: "value" }));
    t.deepEqual(await logged(t, xsbug, 3), ["4", "8", "12"]);
  });
});

test("a condition that throws, or is none, is in xsbug's log and does not stop the program", async (t) => {
  await debug(t, async (xsbug) => {
    xsbug.start(breakpoint({ condition: "missing > 1" }));
    for (const line of await logged(t, xsbug, 2)) t.regex(line, /^# ReferenceError: .*missing/);
  });
  await debug(t, async (xsbug) => {
    xsbug.start(breakpoint({ condition: "(() => { throw { toString() { throw 1; } }; })()" }));
    t.deepEqual(await logged(t, xsbug, 2), Array(2).fill("# (the exception has no text)"));
  });
  await debug(t, async (xsbug) => {
    xsbug.start(breakpoint({ condition: "value >" }));
    t.regex(await xsbug.receive("# Error"), /missing expression/);
    t.regex((await logged(t, xsbug, 1))[0]!, /^# SyntaxError: .*missing expression/);
  });
});

test("a hit count that is none, and byte code that this XS does not know, are reported; the breakpoint stops without them", async (t) => {
  await debug(t, async (xsbug) => {
    xsbug.start(breakpoint({ hitCount: "often" }));
    t.regex(await xsbug.receive("<log"), /hit count is not understood/);
    t.deepEqual(await valuesAtBreaks(t, xsbug, 2), [1, 2]);
  });
  const known = conditions[0]!.compiled;
  const unknown = [
    known.replace(/BBA9$/, "FDA9"), // an instruction of later versions
    known.replace("72038", "C9FF8"), // a string that is longer than the code
    known.replace("4D0100", "4D0900"), // a name that the list has not
    known.slice(0, -2),
    known.replace("434F4445", "434F4444"),
  ];
  for (const condition of unknown) {
    t.not(condition, known);
    await debug(t, async (xsbug) => {
      xsbug.start(breakpoint({ condition }));
      t.regex(await xsbug.receive("<log"), /byte code is not that of XS 13 to 17/);
      t.deepEqual(await valuesAtBreaks(t, xsbug, 1), [1]);
    });
  }
});

test("a breakpoint is set, changed and cleared while the program runs", async (t) => {
  await debug(t, async (xsbug) => {
    xsbug.start();
    xsbug.send(`<set-breakpoint path="${file}" line="${line}" id="@0"/>`);
    const [first] = await valuesAtBreaks(t, xsbug, 1);
    xsbug.send(
      breakpoint({ condition: `value === ${first! + 10}` })
        .replaceAll("breakpoint ", "set-breakpoint ")
        .replace("</breakpoint>", "</set-breakpoint>"),
    );
    xsbug.send("<go/>");
    t.deepEqual(await valuesAtBreaks(t, xsbug, 1), [first! + 10]);
    xsbug.send(`<clear-breakpoint path="${file}" line="${line}" id="@0"/>`);
    xsbug.send("<go/>");
    const turns = await xsbug.receive(`turn ${first! + 20} `);
    t.false(turns.includes("<break"));
  });
});

test("the console: an expression's value, what it throws, and a variable that it sets", async (t) => {
  await debug(t, async (xsbug) => {
    xsbug.start(breakpoint({}));
    const document = await xsbug.receive("<break");
    const frame = /<local [^>]*value="(@\w+)"/.exec(document)![1]!;
    const evaluate = async (source: string): Promise<string> => {
      xsbug.send(`<eval id="${frame}" path="${escaped(source)}" line="7"/>`);
      return (await xsbug.receive('<result line="7"')).replaceAll("&quot;", '"').replaceAll("&#34;", '"');
    };
    t.true((await evaluate("value * 2")).includes('value="2"'));
    t.true((await evaluate("sum")).includes('{"value":1,"steps":1}'));
    t.regex(await evaluate("value.missing.name"), /># TypeError/);
    t.true((await evaluate("value = 21")).includes('value="21"'));
    t.is(local(await xsbug.receive("<local"), "value"), "21");
  });
});
