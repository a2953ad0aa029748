// Slow: the whole node on an emulated chip, window by window
import { generateKeyPairSync } from "node:crypto";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import test from "ava";
import { encodePackageParts } from "../../device/codec/packagepart.js";
import { requireScriptMemory } from "../../host-tools/budget/scriptMemory.js";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { readNode } from "../../host-tools/node/nodeFile.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack, scriptSection } from "../../host-tools/script/pack.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { board, needs } from "../helpers/needs.js";
import { recordedDay } from "./helpers/day.js";
import { timeless } from "./helpers/timeless.js";
import { runWindows } from "./helpers/windows.js";

const folder = path.join(buildRoot, "test", `npmmodules-${process.pid}`);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** Of an npm module: its files as they are published, which of them, and what an app script makes with it, as text. */
interface Use {
  from: string;
  to: string;
  use: string;
}

const modules: Record<string, Use> = {
  mitt: {
    from: fileURLToPath(import.meta.resolve("mitt")),
    to: "mitt.mjs",
    use: `import mitt from "./mitt.mjs";
      export default (v) => {
        const said = [], bus = mitt();
        bus.on("*", (type, value) => said.push(type + value));
        bus.on("level", (value) => said.push(value * 2));
        bus.emit("level", v);
        bus.off("level");
        bus.emit("level", v + 1);
        return said.join();
      };`,
  },
  tinyqueue: {
    from: fileURLToPath(import.meta.resolve("tinyqueue")),
    to: "tinyqueue.js",
    use: `import TinyQueue from "./tinyqueue.js";
      export default (v) => {
        const queue = new TinyQueue([5.5, -3, v, 9, 0.25], (a, b) => b - a), all = [];
        queue.push(7);
        while (queue.length) all.push(queue.pop());
        return JSON.stringify(all);
      };`,
  },
  "simple-statistics": {
    from: path.join(path.dirname(fileURLToPath(import.meta.resolve("simple-statistics"))), "../src"),
    to: "statistics",
    use: `import line from "./statistics/linear_regression_line.js";
      import linearRegression from "./statistics/linear_regression.js";
      export default (v) => {
        const fit = linearRegression([[0, 1], [1, 3.1], [2, v], [3, 7.3]]);
        return [fit.m, fit.b, line(fit)(4)].join();
      };`,
  },
  "fast-deep-equal": {
    from: fileURLToPath(import.meta.resolve("fast-deep-equal")),
    to: "equal.cjs",
    use: `import equal from "./equal.cjs";
      export default (v) => [
        equal({ a: [v, { b: "x" }] }, { a: [v, { b: "x" }] }),
        equal([1, NaN, /a/g], [1, NaN, /a/g]),
        equal({ a: v }, { a: v, b: undefined }),
        equal(new Date(5), new Date(6)),
      ].join();`,
  },
};

const app = `import use from "./use.js";
export default (api) => ({
  onVerdict(verdict) {
    const text = use(verdict.label + 0.1);
    api.log(text);
    api.sendText(text.slice(0, 40));
    api.send(verdict);
  },
});
`;

/** The folder of an app script with the module in it. */
function write(name: string, { from, to, use }: Use): string {
  const script = path.join(folder, name);
  mkdirSync(script, { recursive: true });
  cpSync(from, path.join(script, to), { recursive: true });
  writeFileSync(path.join(script, "use.js"), use);
  writeFileSync(path.join(script, "app.js"), app);
  return script;
}

type Result = (value: number) => string;

interface NodeEvent {
  event: string;
  what?: string;
  /** Of an update: the package's sequence. */
  subject?: number;
  /** Of a verdict. */
  label?: number;
  text?: string;
}

const textsOf = (events: readonly NodeEvent[]) => events.flatMap(({ event, text }) => (event === "log" ? [text] : []));

/** What Node makes of the same: for each verdict while one of the packages is in force. */
function inNode(events: readonly NodeEvent[], uses: readonly Result[]): string[] {
  let use: Result | undefined;
  return events.flatMap(({ event, what, subject, label }) => {
    if (event === "update" && what === "accepted") use = uses[subject! - 1];
    return use && event === "verdict" ? [use(label! + 0.1)] : [];
  });
}

/** s after the first window that a package is sent, and from it to the next: two windows, in which it proves itself. */
const first = 600;
const each = 1800;
const windows = 1 + 2 * Object.keys(modules).length;
/** Bytes of a downlink at the example's data rate. */
const room = 222;

needs(board)(
  "npm modules in packaged app scripts do on the emulated chip what they do in simulation, and in Node",
  async (t) => {
    t.timeout(900_000);
    const key = generateKeyPairSync("ed25519").privateKey;
    const config = {
      ...(await readNode(path.join(loamRoot, "node.config.json"))),
      updates: { publicKey: publicKeyOf(key) },
    };
    const recording = await recordedDay(t, config);
    const uses: Result[] = [];
    const downlinks: { at: number; port: number; payload: Uint8Array }[] = [];
    for (const [i, [name, module]] of Object.entries(modules).entries()) {
      const script = write(name, module);
      const { default: use } = (await import(pathToFileURL(path.join(script, "use.js")).href)) as { default: Result };
      uses.push(use);
      await t.notThrowsAsync(requireScriptMemory(config, name, (await scriptSection(script)).code), name);
      const packed = await pack({ config, key, sequence: i + 1, version: i + 1, name, script });
      for (const payload of encodePackageParts(packed, room))
        downlinks.push({ at: first + i * each, port: 22, payload });
    }
    const options = { recording, config, downlinks };
    const program = await buildHost();
    const chip = await buildChip();
    const host = await runWindows(options, windows, (given) => runHost(program, given));
    const events = host.journal.map((line) => JSON.parse(line) as NodeEvent);
    t.is(events.filter(({ event, what }) => event === "update" && what === "confirmed").length, uses.length);
    t.deepEqual(textsOf(events), inNode(events, uses));
    t.true(textsOf(events).length >= uses.length);
    const emulated = await runWindows(options, windows, (given) => runChip(chip, given));
    t.deepEqual(emulated.journal, host.journal);
    t.deepEqual(timeless(emulated.uplinks), timeless(host.uplinks));
  },
);
