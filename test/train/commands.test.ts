// Slow: trains networks
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { loamRoot } from "../../host-tools/lib/paths.js";

const loam = (...args: string[]) =>
  execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), ...args], { reject: false });

interface Trained {
  windows: { train: number; validation: number; test: number };
  history: { loss: number }[];
  test: { accuracy: number };
}

interface Evaluated {
  windows: number;
  networks: { name: string; accuracy: number; confusion: number[][]; classes: { precision: number | null }[] }[];
  history: { loss: number }[];
  explorer: { wrong: number; windows: { truth: string; verdict: string; signals: unknown[] }[] };
}

test("recordings, train, prune, convert, eval, one after the other, on a small set", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-commands-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const node = path.join(folder, "node.config.json");
  const config = JSON.parse(await readFile(path.join(loamRoot, "node.config.json"), "utf8")) as {
    window: { everySeconds: number };
  };
  config.window.everySeconds = 3600;
  await writeFile(node, JSON.stringify(config));
  const recordings = path.join(folder, "recordings");
  const out = path.join(folder, "model");

  const made = await loam("recordings", "--out", recordings, "--days", "14", "--seed", "3", "--node", node);
  t.is(made.exitCode, 0, made.stderr);
  t.regex(made.stdout, /Simulated, not measured/);

  const train = () =>
    loam("train", "--recordings", recordings, "--out", out, "--node", node, "--epochs", "2", "--batch", "32", "--json");
  const first = await train();
  t.is(first.exitCode, 0, first.stderr);
  const trained = JSON.parse(first.stdout) as Trained;
  t.is(trained.history.length, 2);
  for (const file of ["float/model.json", "float/weights.bin", "normalizer.bin", "training.json"])
    t.true(existsSync(path.join(out, file)), file);
  // Training is complete: the checkpoint is used, and nothing changes.
  const again = await train();
  t.is(again.stdout, first.stdout);

  // In the node's own folder: elsewhere a network of the example may stand where eval looks for the others.
  const float = path.join(out, "float");
  const args = ["eval", "--recordings", recordings, "--float", float, "--node", node, "--json"];
  const evaluated = await execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), ...args], {
    cwd: folder,
    reject: false,
  });
  t.is(evaluated.exitCode, 0, evaluated.stderr);
  const { windows, networks } = JSON.parse(evaluated.stdout) as Evaluated;
  t.is(windows, trained.windows.test);
  t.is(networks[0]!.accuracy, trained.test.accuracy);
  t.is(
    networks[0]!.confusion.flat().reduce((a, b) => a + b, 0),
    windows,
  );

  // JSON has all that the report page shows.
  const { history, explorer } = JSON.parse(evaluated.stdout) as Evaluated;
  t.deepEqual(history, trained.history);
  t.is(explorer.windows.length, windows);
  t.is(explorer.windows.filter(({ truth, verdict }) => truth !== verdict).length, explorer.wrong);
  t.is(explorer.wrong, Math.round(windows * (1 - trained.test.accuracy)));
  t.true(explorer.windows.every(({ signals }) => signals.length === 4));

  // prune and convert take the files that train writes.
  const [samples, labels, pruned, model] = ["samples.npy", "labels.npy", "pruned", "model"].map((name) =>
    path.join(out, name),
  ) as [string, string, string, string];
  const small = await loam(
    "prune",
    path.join(out, "float"),
    "--ratio",
    "0.4",
    "--uniform",
    "--data",
    samples,
    "--labels",
    labels,
    "--epochs",
    "1",
    "--out",
    pruned,
  );
  t.is(small.exitCode, 0, small.stderr);
  const converted = await loam("convert", pruned, "--calibrate", samples, "--out", model);
  t.is(converted.exitCode, 0, converted.stderr);
  const all = await loam(
    "eval",
    "--recordings",
    recordings,
    "--float",
    path.join(out, "float"),
    "--pruned",
    pruned,
    "--tflite",
    `${model}.tflite`,
    "--node",
    node,
    "--json",
  );
  t.is(all.exitCode, 0, all.stderr);
  const judged = (JSON.parse(all.stdout) as Evaluated).networks;
  t.deepEqual(
    judged.map(({ name }) => name),
    ["float", "pruned", "int8, TensorFlow Lite", "int8, the node's engine"],
  );

  // What was trained becomes the firmware's as it is.
  const install = () =>
    execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), "install", `${model}.tflite`, "--json"], {
      cwd: folder,
      reject: false,
    });
  const installed = await install();
  t.is(installed.exitCode, 0, installed.stderr);
  const same = async (a: string, b: string) => t.deepEqual(await readFile(a), await readFile(b));
  await same(path.join(folder, "model/model.tflite"), `${model}.tflite`);
  await same(path.join(folder, "model/normalizer.bin"), path.join(out, "normalizer.bin"));
  t.regex(await readFile(path.join(folder, "model/operators.json"), "utf8"), /DEPTHWISE_CONV_2D/);
  await writeFile(node, JSON.stringify({ ...config, window: { ...config.window, seconds: 45 } }));
  t.regex((await install()).stderr, /trained for another description than this node's: window\.seconds was 30, is 45/);
  await writeFile(node, JSON.stringify(config));
  // One training at a time.
  await writeFile(path.join(out, "lock.json"), JSON.stringify({ what: "loam train", pid: process.pid }));
  t.regex((await train()).stderr, /loam train \(process \d+, since \?\) works in /);
  await rm(path.join(out, "lock.json"));

  // Split by seed, by default as for the training.
  const flat = path.join(folder, "flat");
  for (const part of ["train", "validation", "test"]) await cp(path.join(recordings, part), flat, { recursive: true });
  const seven = await loam(
    "train",
    "--recordings",
    flat,
    "--out",
    path.join(folder, "seven"),
    "--node",
    node,
    "--epochs",
    "1",
    "--seed",
    "7",
    "--json",
  );
  t.is(seven.exitCode, 0, seven.stderr);
  const judge = (...more: string[]) =>
    loam("eval", "--recordings", flat, "--float", path.join(folder, "seven/float"), "--node", node, "--json", ...more);
  const own = await judge();
  t.is(
    (JSON.parse(own.stdout) as Evaluated).networks[0]!.accuracy,
    (JSON.parse(seven.stdout) as Trained).test.accuracy,
  );
  t.notRegex(own.stderr, /was trained with seed/);
  t.regex((await judge("--seed", "1")).stderr, /was trained with seed 7: split by seed 1/);

  // Other recordings give another normalizer, which must not be put beside a network that was trained with a different one.
  const others = path.join(folder, "others");
  const more = await loam("recordings", "--out", others, "--days", "14", "--seed", "4", "--node", node);
  t.is(more.exitCode, 0, more.stderr);
  const foreign = await loam("train", "--recordings", others, "--out", out, "--node", node, "--epochs", "1");
  t.is(foreign.exitCode, 1);
  t.regex(foreign.stderr, /holds networks of other recordings \(model\.tflite, pruned\)/);
  await rm(path.join(others, "test"), { recursive: true });
  await cp(path.join(recordings, "test"), path.join(others, "test"), { recursive: true });
  await writeFile(path.join(others, "own.csv"), "");
  const elsewhere = await loam(
    "eval",
    "--recordings",
    others,
    "--float",
    path.join(out, "float"),
    "--node",
    node,
    "--json",
  );
  t.is(elsewhere.exitCode, 0, elsewhere.stderr);
  t.is(
    (JSON.parse(elsewhere.stdout) as Evaluated).networks[0]!.accuracy,
    trained.test.accuracy,
    "the same test days, other training days: judged with the normalizer of its own training",
  );
  const refused = await loam("recordings", "--out", others, "--days", "14", "--node", node);
  t.regex(refused.stderr, /holds .* besides simulated recordings: move it, or name another folder/);
});

test("bad input is refused with a message and a non-zero exit", async (t) => {
  const cases: [string[], RegExp][] = [
    [["train", "--recordings", "/nowhere"], /there is no folder \/nowhere; make recordings with/],
    [["train", "--balance", "2"], /Expected a number from 0 to 1/],
    [["train", "--recordings", path.join(loamRoot, "package.json")], /is a file, a folder expected/],
    [["recordings", "--out", path.join(loamRoot, "package.json")], /is a file, a folder expected/],
    [["train", "--epochs", "0"], /whole number of at least 1/],
    [["recordings", "--days", "two"], /whole number of at least 3/],
    [["eval", "--float", "/nowhere"], /--float: \/nowhere does not exist/],
    [["experiments", "--seeds", "a,b"], /Expected different whole numbers/],
    [["experiments", "--seeds", "1,,2"], /Expected different whole numbers/],
    [["experiments", "--seeds", "1,2,1"], /Expected different whole numbers/],
    [["train", "--node", "/nowhere.json"], /cannot read the node description/],
  ];
  for (const [args, message] of cases) {
    const { exitCode, stderr } = await loam(...args);
    t.not(exitCode, 0, args.join(" "));
    t.regex(stderr, message);
    t.notRegex(stderr, /\n\s+at /, "no stack for a user's mistake");
  }
});
