// Slow: a process for each command
import { createPrivateKey } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";

const folder = path.join(buildRoot, "test", `packages-${process.pid}`);
const at = (...names: string[]): string => path.join(folder, ...names);
mkdirSync(folder, { recursive: true });
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const loam = (...args: string[]) =>
  execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), "script", ...args], { reject: false });

test.serial(
  "keygen: a key that only its owner reads, the line for the description, and never a second time",
  async (t) => {
    const first = await loam("keygen", at("key.pem"));
    t.is(first.exitCode, 0, first.stderr);
    t.is(statSync(at("key.pem")).mode & 0o777, 0o600);
    const pem = readFileSync(at("key.pem"), "utf8");
    const publicKey = publicKeyOf(createPrivateKey(pem));
    t.true(first.stdout.includes(`"updates": { "publicKey": "${publicKey}" }`));
    t.false(first.stdout.includes(pem.split("\n")[1]!));
    const again = await loam("keygen", at("key.pem"));
    t.is(again.exitCode, 1);
    t.regex(again.stderr, /key\.pem exists, and keys are never overwritten/);
    t.is(readFileSync(at("key.pem"), "utf8"), pem);

    const description = JSON.parse(readFileSync(path.join(loamRoot, "node.config.json"), "utf8")) as object;
    writeFileSync(at("node.json"), JSON.stringify({ ...description, updates: { publicKey } }));
  },
);

const pack = (out: string, ...args: string[]) =>
  loam("pack", "--key", at("key.pem"), "--out", at(out), "--node", at("node.json"), ...args);

test.serial("pack: the example's app script takes at most 500 bytes with its signature, twice the same", async (t) => {
  const app = path.join(loamRoot, "device/app");
  for (const name of ["app.lpk", "again.lpk"]) {
    const { exitCode, stderr, stdout } = await pack(name, app, "--sequence", "7", "--version", "3");
    t.is(exitCode, 0, stderr);
    t.regex(stdout, /"app" version 3, sequence 7: script \d+ bytes/);
  }
  const bytes = readFileSync(at("app.lpk"));
  t.log(`${bytes.length} bytes`);
  t.true(bytes.length <= 500);
  t.deepEqual(readFileSync(at("again.lpk")), bytes);
  // For the debugger; where it is not in the package's folder, the script is named from there.
  const { file, sources } = JSON.parse(readFileSync(at("app.lpk.map"), "utf8")) as { file: string; sources: string[] };
  t.is(file, "app.lpk");
  t.deepEqual(
    sources.map((source) => path.resolve(folder, source)),
    [path.join(app, "app.ts")],
  );
});

test.serial("pack: no room for one of its files: said which, and both that are there stay as they are", async (t) => {
  const app = at("long");
  mkdirSync(app);
  const script = "export default () => ({ onVerdict() {} });\n";
  writeFileSync(path.join(app, "app.ts"), script);
  t.is((await pack("long.lpk", app, "--sequence", "7")).exitCode, 0);
  const names = ["long.lpk", "long.lpk.map"];
  const before = names.map((name) => readFileSync(at(name)));
  // Its source map has the comments, too, and is longer than a file may be here: 32 blocks, of 512 bytes or 1 KB. Without the handler the limit's signal ends a program.
  writeFileSync(path.join(app, "app.ts"), `// ${"long ".repeat(8000)}\n${script}`);
  writeFileSync(at("limited.mjs"), `process.on("SIGXFSZ", () => {});`);
  const command = ["node", path.join(loamRoot, "host-tools/bin/loam.js"), "script", "pack", app];
  const given = ["--key", at("key.pem"), "--out", at("long.lpk"), "--node", at("node.json"), "--sequence", "8"];
  const { exitCode, stderr } = await execa("sh", ["-c", 'ulimit -f 32 && exec "$@"', "sh", ...command, ...given], {
    env: { NODE_OPTIONS: `--import=${at("limited.mjs")}` },
    reject: false,
  });
  t.is(exitCode, 1, stderr);
  t.regex(stderr, /^loam: cannot write .*long\.lpk\.map: the file may not grow to 4\d{4} bytes here$/m);
  t.deepEqual(
    names.map((name) => readFileSync(at(name))),
    before,
  );
  t.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith(".tmp")),
    [],
  );
});

test.serial(
  "sequences: none that the node refuses, or after which none could follow; one above now is warned of",
  async (t) => {
    const app = path.join(loamRoot, "device/app");
    for (const sequence of ["0", "4294967295", "4294967296", "-1", "1e3"]) {
      const packed = await pack("last.lpk", app, "--sequence", sequence);
      t.is(packed.exitCode, 1, sequence);
      t.regex(packed.stderr, /from 1 to 4294967294 expected/);
      t.false(existsSync(at("last.lpk")));
    }
    const rollback = await loam("rollback", "--key", at("key.pem"), "--sequence", "4294967295");
    t.is(rollback.exitCode, 1);
    t.regex(rollback.stderr, /4294967294 expected, as no node that has taken the last one could be updated again/);
    const high = await pack("high.lpk", app, "--sequence", "4294967294");
    t.is(high.exitCode, 0, high.stderr);
    t.regex(
      high.stderr,
      /^warning: sequence 4294967294 is higher than now, \d+: until 2106-02-07 all that follows needs/,
    );
  },
);

test.serial("pack: of a node that will refuse the package it is said why", async (t) => {
  const app = path.join(loamRoot, "device/app");
  const without = await loam("pack", app, "--key", at("key.pem"), "--out", at("keyless.lpk"));
  t.is(without.exitCode, 0, without.stderr);
  t.regex(without.stderr, /warning: the node has no updates\.publicKey, and will refuse the package/);
  await loam("keygen", at("second.pem"));
  const another = await pack("another.lpk", app, "--key", at("second.pem"));
  t.regex(another.stderr, /warning: the node has another public key/);
});

test.serial(
  "inspect: what it holds; a changed byte, another key and another node are said, with exit code 1",
  async (t) => {
    const good = await loam("inspect", at("app.lpk"), "--node", at("node.json"), "--json");
    t.is(good.exitCode, 0, good.stderr);
    const { isSigned, isForNode, sequence, sections } = JSON.parse(good.stdout) as Record<string, unknown>;
    t.deepEqual([isSigned, isForNode, sequence, Object.keys(sections as object)], [true, true, 7, ["script"]]);

    const bytes = readFileSync(at("app.lpk"));
    bytes[40]! ^= 1;
    writeFileSync(at("changed.lpk"), bytes);
    const changed = await loam("inspect", at("changed.lpk"), "--node", at("node.json"));
    t.is(changed.exitCode, 1);
    t.regex(changed.stdout, /signature: wrong, or of another key/);

    const node = JSON.parse(readFileSync(at("node.json"), "utf8")) as { classes: string[] };
    writeFileSync(at("other.json"), JSON.stringify({ ...node, app: {}, classes: node.classes.toReversed() }));
    const other = await loam("inspect", at("app.lpk"), "--node", at("other.json"));
    t.is(other.exitCode, 1);
    t.regex(other.stdout, /of another node/);

    writeFileSync(at("text"), "no package, but long enough for the shortest one: ".repeat(4));
    const none = await loam("inspect", at("text"), "--node", at("node.json"));
    t.is(none.exitCode, 1);
    t.regex(none.stderr, /text is no package: malformed: it does not start with LP/);
  },
);

test.serial("pack: a network with normalizer and test vectors; settings by the names of the description", async (t) => {
  const settings = { threshold: 0.8, everySeconds: 600, offsets: { soil: -1.5 } };
  writeFileSync(at("settings.json"), JSON.stringify(settings));
  const model = path.join(loamRoot, "device/model/model.tflite");
  const packed = await pack("model.lpk", "--model", model, "--settings", at("settings.json"));
  t.is(packed.exitCode, 0, packed.stderr);
  const { stdout } = await loam("inspect", at("model.lpk"), "--node", at("node.json"), "--json");
  const shown = JSON.parse(stdout) as { sections: Record<string, number>; settings: Record<string, unknown> };
  t.deepEqual(Object.keys(shown.sections), ["model", "normalizer", "vectors", "settings"]);
  t.is(shown.sections["model"], statSync(model).size);
  t.deepEqual(shown.settings["offsets"], { 0: -1.5 });
});

/** Settings that cannot be packed, and what is said. */
const wrongSettings: [settings: string, said: RegExp][] = [
  ["{}", /wrong\.json: no settings, any of threshold, everySeconds, classes, offsets, limits expected$/],
  ['{"offsets": {}}', /: no settings, /],
  ["[]", /: settings: object expected$/],
  ['{"offsets": {"soil": "1"}}', /: offsets\.soil: number expected$/],
  ['{"threshold": 2}', /: policy\.threshold: 2, expected a number from 0 to 1$/],
  ['{"thresold": 1}', /: thresold, but there is no such key; did you mean "threshold"\?/],
  ['{"everySeconds": "often"}', /: everySeconds: number expected$/],
  ['{"everySeconds": 10}', /: window\.everySeconds: 10, expected a number from 30/],
  ['{"offsets": {"soul": 1}}', /: offsets\.soul, but there is no such sensor; did you mean "soil"\? Known: soil, /],
  ['{"offsets": {"soil": -60.5}}', /wrong\.json: offsets\.soil: -60\.5, with which .* -60 to 60 %VWC expected$/],
  [
    '{"offsets": {"soil": 1e39}}',
    /wrong\.json: offsets\.soil: 1e\+39, with which every reading is out of the sensor's range/,
  ],
  ['{"classes": {"dry": "normal"}}', /: classes\[1\]: "normal", expected a value that is not used twice/],
  [`{"classes": {"dry": "${"x".repeat(70)}"}}`, /class name x+: 70 bytes, 1 to 64 expected/],
  ['{"limits": {"bytes": 20480.5}}', /: app\.limits\.bytes: 20480\.5, expected a whole number from 8192 to 131072$/],
  ['{"limits": {"calls": 9}}', /: app\.limits\.calls: 9, expected a whole number from 10 to 10000$/],
  ['{"limits": {"rate": 9}}', /: limits\.rate, but there is no such key/],
];

test.serial("pack: package and source map are written both or not at all", async (t) => {
  const app = path.join(loamRoot, "device/app");
  const before = readdirSync(folder).sort();
  for (const [out, place, said] of [
    ["half.lpk", "half.lpk.map", /half\.lpk\.map: that is a folder/],
    ["half.lpk", "half.lpk", /half\.lpk: that is a folder/],
  ] as const) {
    mkdirSync(at(place));
    const { exitCode, stderr } = await pack(out, app);
    t.is(exitCode, 1, stderr);
    t.regex(stderr, said);
    rmSync(at(place), { recursive: true });
    t.deepEqual(readdirSync(folder).sort(), before, "nothing of it is left");
  }
  // Those of an earlier pack stay as they belong together.
  t.is((await pack("both.lpk", app, "--sequence", "5")).exitCode, 0);
  const earlier = readFileSync(at("both.lpk"));
  rmSync(at("both.lpk.map"));
  mkdirSync(at("both.lpk.map"));
  t.is((await pack("both.lpk", app, "--sequence", "6")).exitCode, 1);
  t.deepEqual(readFileSync(at("both.lpk")), earlier);
});

test.serial("pack: what cannot be packed is said, and nothing is written", async (t) => {
  for (const [settings, said] of wrongSettings) {
    writeFileSync(at("wrong.json"), settings);
    const { exitCode, stderr } = await pack("none.lpk", "--settings", at("wrong.json"));
    t.is(exitCode, 1, stderr);
    t.regex(stderr, said);
    t.notRegex(stderr, /at .*\.ts:/);
  }
  writeFileSync(at("other.pem"), "no key");
  writeFileSync(at("mapped.lpk.map"), "a treasure map");
  const mapped = await pack("mapped.lpk", path.join(loamRoot, "device/app"));
  t.is(mapped.exitCode, 1);
  t.regex(mapped.stderr, /mapped\.lpk\.map is other text; a source map goes there/);
  t.false(existsSync(at("mapped.lpk")));
  t.is(readFileSync(at("mapped.lpk.map"), "utf8"), "a treasure map");
  mkdirSync(at("bad"), { recursive: true });
  writeFileSync(at("bad/app.ts"), "export default function (\n");
  for (const [args, said] of [
    [[], /nothing to pack/],
    [[at("bad")], /bad.app\.ts:\d+: /],
    [[at("nowhere")], /no app script there/],
    [["--model", at("other.pem")], /other\.pem: not a \.tflite/],
    [["--name", "x".repeat(40), path.join(loamRoot, "device/app")], /name's length 40/],
  ] as const) {
    const { exitCode, stderr } = await pack("none.lpk", ...args);
    t.is(exitCode, 1, stderr);
    t.regex(stderr, said);
    t.false(existsSync(at("none.lpk")));
  }
  const { stderr } = await loam(
    "pack",
    path.join(loamRoot, "device/app"),
    "--key",
    at("other.pem"),
    "--out",
    at("none.lpk"),
  );
  t.regex(stderr, /other\.pem is no private key in PEM/);
});
