// Slow: thousands of packages under XS
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { decodeUplink, ports } from "../../device/codec/codec.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import { buildHost, runHost, type RunOptions } from "../../host-tools/xs/index.js";
import { refusedPackages } from "./refused.js";
import { config as example, keys, makePackage } from "./rig.js";

const folder = path.join(buildRoot, "test", `refusals-${process.pid}`);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
const config = { ...example, updates: { publicKey: publicKeyOf(keys.privateKey) } };

interface Line {
  name: string;
  uplinks: string[];
  script: string | undefined;
  isRestarted: boolean;
}

function file(name: string, content: Uint8Array | string): string {
  mkdirSync(folder, { recursive: true });
  const place = path.join(folder, name);
  writeFileSync(place, content);
  return place;
}

/** What the program is given. */
interface Given {
  old?: Uint8Array;
  good: Uint8Array;
  others?: readonly Uint8Array[];
  mode: "refusals" | "interrupted" | "crashed";
}

const program = buildHost({
  manifest: path.join(loamRoot, "test/device/manifest.json"),
  main: path.join(loamRoot, "test/update/refusals.xs.ts"),
});

async function run({ old = new Uint8Array(0), good, others = [], mode }: Given, options: Partial<RunOptions> = {}) {
  const lengthAnd = others.flatMap((bytes) => [Buffer.of(bytes.length & 255, bytes.length >> 8), bytes]);
  const result = await runHost(await program, {
    resources: {
      "node.config.json": file("node.config.json", JSON.stringify(config)),
      old: file("old", old),
      good: file("good", good),
      others: file("others", Buffer.concat(lengthAnd)),
      mode: file(`mode-${mode}`, mode),
    },
    timeoutMs: 500_000,
    ...options,
  });
  return { ...result, lines: result.lines.map((line) => JSON.parse(line) as Line) };
}

/** What is said of packages, but not what is in force at a start. */
const said = (lines: readonly Line[]): string[] =>
  lines.flatMap(({ uplinks }) =>
    uplinks.flatMap((text) => {
      const status = decodeUplink(ports.update, Buffer.from(text, "hex"));
      return status.kind === "update" && status.event !== "state"
        ? [`${status.subject} ${status.event}: ${status.reason}`]
        : [];
    }),
  );

test.serial(
  "power fails at any write while a package comes and is checked: the node goes on, or says that it is interrupted",
  async (t) => {
    t.timeout(600_000);
    const good = makePackage(config, 6, "good");
    const undisturbed = await run({ good, mode: "interrupted" });
    t.is(undisturbed.exitCode, 0, undisturbed.stderr);
    t.deepEqual(said(undisturbed.lines), ["6 accepted: none"]);
    const outcomes = new Map<string, number>();
    for (let n = 1; n <= undisturbed.flashAccesses!; n++) {
      const { lines, exitCode, stderr } = await run(
        { good, mode: "interrupted" },
        { powerCut: n + 0.5, powerReturns: true },
      );
      const what = `power cut within write ${n}: ${JSON.stringify(lines)}`;
      t.is(exitCode, 0, what + stderr);
      t.is(lines.at(-1)!.script, "good", what);
      const expected = lines.find(({ name }) => name === "expected");
      const outcome = expected
        ? expected.isRestarted
          ? "goes on"
          : said([expected]).join()
        : lines.some(({ name }) => name === "sent")
          ? "sent"
          : "taken";
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    t.log(...outcomes);
    t.deepEqual([...outcomes.keys()].sort(), ["0 refused: interrupted", "goes on", "sent", "taken"]);
  },
);

test.serial("a node that has crashed while a package was checked does not check it again, and says so", async (t) => {
  const good = makePackage(config, 6, "good");
  const undisturbed = await run({ good, mode: "crashed" });
  const seen = new Set<string>();
  // Each third: some are while it comes, some while it is checked.
  for (let n = 1; n <= undisturbed.flashAccesses!; n += 3) {
    const { lines } = await run({ good, mode: "crashed" }, { powerCut: n + 0.5, powerReturns: true });
    const [again] = lines.filter((line) => said([line]).some((text) => text.includes("interrupted")));
    if (again) seen.add(`${again.isRestarted} ${said([again]).join()}`);
    // It is said at the start, before anything else.
    t.false(
      lines.some(({ name }) => name === "expected"),
      JSON.stringify(lines),
    );
    // Where it was in force already, a second crash takes it back.
    t.true(
      lines.at(-1)!.script === "good" || said(lines).includes("6 taken back: failed starts"),
      JSON.stringify(lines),
    );
  }
  t.deepEqual([...seen], ["false 0 refused: interrupted"]);
});

test.serial(
  "a package that begins while another one is checked, or waits for the next start: that is said, by its sequence",
  async (t) => {
    const good = makePackage(config, 5, "good");
    const others = [6, 7, 8].map((sequence) => makePackage(config, sequence, `script ${sequence}`));
    const { lines, exitCode, stderr } = await run({ good, others, mode: "interrupted" });
    t.is(exitCode, 0, stderr);
    t.deepEqual(said(lines), [
      "5 accepted: none",
      "6 refused: interrupted",
      "7 refused: interrupted",
      "8 accepted: none",
    ]);
    t.is(lines.at(-1)!.script, "script 8");
  },
);

test.serial(
  "on the node each byte of the example's package flipped, each truncation, and all others that are bad: refused with a code in an uplink, nothing changed",
  async (t) => {
    t.timeout(600_000);
    const script = path.join(loamRoot, "device/app");
    const good = await pack({ config, key: keys.privateKey, sequence: 6, version: 6, name: "example", script });
    const refused = refusedPackages(config);
    const others = refused.map(([, bytes]) => bytes);
    const old = makePackage(config, 5, "old");
    const { exitCode, stderr, lines: all } = await run({ old, good, others, mode: "refusals" });
    t.is(exitCode, 0, stderr);
    const [first, ...sent] = all;
    const last = sent.pop();
    t.like(first, { name: "old", uplinks: [], isRestarted: true });
    t.like(last, { name: "good", uplinks: [], script: "old", isRestarted: true }, "the last one is taken");
    t.is(sent.length, 2 * good.length - 1 + refused.length);
    const reasons = new Map<string, number>();
    for (const [i, { name, uplinks, script: inForce, isRestarted }] of sent.entries()) {
      t.is(uplinks.length, 1, name);
      const status = decodeUplink(ports.update, Buffer.from(uplinks[0]!, "hex"));
      if (status.kind !== "update") return t.fail(name);
      const { event, reason, subject, newest, script: named } = status;
      t.deepEqual(
        [event, newest, named, inForce, isRestarted],
        ["refused", 5, { sequence: 5, version: 5 }, "old", false],
        name,
      );
      const other = refused[i - (sent.length - refused.length)];
      if (other) t.deepEqual([reason, subject], [other[2], other[3]], other[0]);
      else {
        t.is(subject, 0, name);
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    }
    t.log(`${good.length} bytes: ${[...reasons].map(([reason, count]) => `${count} ${reason}`).join(", ")}`);
    t.deepEqual([...reasons.keys()].sort(), ["bad signature", "malformed", "unknown format", "wrong length"]);
  },
);
