// Slow: packs and installs the package, and compiles XS for it
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { execa } from "execa";
import { saveLayersModel } from "tfjs-to-tflite/graph/modelFiles.js";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import { engineModules, xsRoot } from "../../host-tools/xs/builder/engine.js";
import { loadManifest } from "../../host-tools/xs/manifest/load.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { fingerprint, install, nobody, seedCache, type Installed } from "./installed.js";

let installed: Installed;
let before: string;
let node: string;

test.before(async (t) => {
  t.timeout(300_000);
  installed = await install();
  before = await fingerprint(installed.loam);
  node = path.join(installed.project, "my-node");
  await seedCache(path.join(installed.scratch, "cache/loam"));
});
test.after.always(async () => await installed.remove());

const environment = (): NodeJS.ProcessEnv => ({
  XDG_CACHE_HOME: path.join(installed.scratch, "cache"),
  LOAM_BUILD: undefined,
  LOAM: undefined,
});

/** As a user calls it. */
const npx = (folder: string, ...args: string[]) =>
  execa("npx", ["--no-install", ...args], { cwd: folder, env: environment(), reject: false });
const loam = (folder: string, ...args: string[]) => npx(folder, "loam", ...args);

test.serial("loam init makes a node's folder in another project; a file in the way is refused by name", async (t) => {
  t.timeout(120_000);
  const { exitCode, stdout, stderr } = await loam(installed.project, "init", "my-node");
  t.is(exitCode, 0, stderr);
  t.regex(stdout, /cd my-node\n +npx loam recordings/);
  for (const name of ["node.config.json", "app/app.ts", "manifest.json", "recordings/README.md", "package.json"])
    t.true(existsSync(path.join(node, name)), name);
  const { dependencies } = JSON.parse(await readFile(path.join(node, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  t.true(existsSync(path.join(node, dependencies["loam"]!.replace("file:", ""))), dependencies["loam"]);
  const description = await readFile(path.join(node, "node.config.json"), "utf8");
  const { radio } = exampleNode();
  t.false(description.includes(radio.appKey!) || description.includes(radio.devEui), "keys of its own");

  const again = await loam(installed.project, "init", "my-node");
  t.is(again.exitCode, 1);
  t.regex(again.stderr, /^loam: my-node has node\.config\.json, app\/app\.ts, .* already, nothing was written/);
  const foreign = path.join(installed.project, "foreign");
  await mkdir(foreign);
  await writeFile(path.join(foreign, "notes.txt"), "mine");
  t.is((await loam(foreign, "init", ".")).exitCode, 0);
  t.is(await readFile(path.join(foreign, "notes.txt"), "utf8"), "mine");
  t.regex((await loam(installed.project, "init", "node_modules/x")).stderr, /is in node_modules/);
});

test.serial("the commands that its README names exist", async (t) => {
  const { stdout } = await loam(node, "--help");
  const named = [...readFileSync(path.join(node, "README.md"), "utf8").matchAll(/npx loam ([a-z]+)/g)];
  t.true(named.length > 4);
  for (const [, name] of named) t.regex(stdout, new RegExp(`^ {2}${name} `, "m"));
});

test.serial("its app script has types, which find a mistake", async (t) => {
  t.timeout(120_000);
  const script = path.join(node, "app/app.ts");
  const text = await readFile(script, "utf8");
  const good = await npx(node, "tsc");
  t.is(good.exitCode, 0, good.stdout);
  await writeFile(script, text.replace("api.send(verdict)", "api.send(verdict.name)"));
  const bad = await npx(node, "tsc");
  t.regex(bad.stdout, /app\/app\.ts\(\d+,\d+\): error TS2345/);
  await writeFile(script, text.replace("const rules", 'api.log("a script of my own");\n  const rules'));
});

test.serial("the SDK finds loam through its manifest, from the environment or not", (t) => {
  const sdk = path.join(xsRoot, "sdk");
  const variables = { MODDABLE: sdk, MODULES: path.join(sdk, "modules"), ENGINE_MODULES: engineModules };
  const filesOf = (given: Record<string, string>): string[] =>
    loadManifest(path.join(node, "manifest.json"), "lin", { ...variables, ...given }).files;
  t.true(filesOf({}).includes(path.join(installed.loam, "device/manifest.json")));
  t.true(filesOf({ LOAM: installed.checkout }).includes(path.join(installed.checkout, "device/manifest.json")));
});

test.serial("simulate runs its script, description and network; features reads its recordings", async (t) => {
  t.timeout(300_000);
  const recording = path.join(node, "recordings/day.csv");
  await writeFile(
    recording,
    quietDay(exampleNode(), 3, () => 30),
  );
  const inside = path.join(node, "recordings");
  const { exitCode, stdout, stderr } = await loam(inside, "simulate", "--recording", "day.csv", "--json");
  t.is(exitCode, 0, stderr);
  const events = stdout.split("\n").map((line) => JSON.parse(line) as { event: string; node?: string; text?: string });
  t.is(events.find(({ event }) => event === "start")?.node, "my-node");
  t.is(events.find(({ event }) => event === "log")?.text, "a script of my own");
  t.is(events.filter(({ event }) => event === "verdict").length, 3);
  const features = await loam(node, "features", "recordings/day.csv", "--json");
  t.is((JSON.parse(features.stdout) as { windows: number }).windows, 3, features.stderr);
  t.deepEqual(readdirSync(path.join(installed.scratch, "cache")), ["loam"], "what is compiled is in the user's cache");
});

test.serial("convert, arena and infer work there", async (t) => {
  t.timeout(300_000);
  await startBackend("wasm");
  const layer = tfl.layers.dense({ units: 3, activation: "softmax", inputShape: [2] });
  await saveLayersModel(tfl.sequential({ layers: [layer] }), path.join(node, "tiny"));
  await writeFile(
    path.join(node, "samples.json"),
    JSON.stringify(Array.from({ length: 100 }, (_, i) => [i / 50 - 1, 1])),
  );
  const made = await loam(node, "convert", "tiny", "--calibrate", "samples.json", "--out", "build/tiny");
  t.is(made.exitCode, 0, made.stderr);
  await writeFile(path.join(node, "x.bin"), Uint8Array.of(1, 2));
  for (const backend of ["micro", "tflite"]) {
    const { stdout, stderr } = await loam(node, "infer", "build/tiny.tflite", "--input", "x.bin", "--backend", backend);
    t.regex(stdout, /^[0-9a-f]{6}$/, stderr);
  }
  t.is((await loam(node, "arena", "build/tiny.tflite")).exitCode, 0);
});

test.serial("example --install puts the network into the node's folder", async (t) => {
  t.timeout(300_000);
  await mkdir(path.join(node, "away"));
  await execa("mv", [path.join(node, "recordings/day.csv"), path.join(node, "away")]);
  const days = ["--days", "6", "--epochs", "1", "--fine-tune-epochs", "1"];
  const { exitCode, stderr } = await loam(node, "example", "--install", ...days);
  t.is(exitCode, 0, stderr);
  for (const name of ["model.tflite", "normalizer.bin"])
    t.deepEqual(await readFile(path.join(node, "model", name)), await readFile(path.join(node, "build/model", name)));
  t.true(existsSync(path.join(node, "build/report.html")));
});

test.serial("outside of a node's folder a command says how to make one", async (t) => {
  const { exitCode, stderr } = await loam(installed.project, "train");
  t.is(exitCode, 1);
  t.regex(
    stderr,
    /there is no node\.config\.json in .*project or a folder above it: make a node with npx loam-node init DIR/,
  );
});

test.serial("nothing was written into the installed package", async (t) => {
  t.is(await fingerprint(installed.loam), before);
});

test.serial("a read-only checkout builds into --build DIR", async (t) => {
  t.timeout(300_000);
  const { checkout, scratch } = installed;
  const unchanged = await fingerprint(checkout);
  const id = await nobody(checkout);
  if (!id && process.getuid?.() === 0) t.log("as root: nobody cannot read this checkout's packages");
  const recording = path.join(scratch, "day.csv");
  await writeFile(
    recording,
    quietDay(exampleNode(), 2, () => 30),
  );
  const run = (args: string[], env: NodeJS.ProcessEnv) =>
    execa(process.execPath, [path.join(checkout, "host-tools/bin/loam.js"), ...args], {
      ...id,
      cwd: checkout,
      env: { ...environment(), HOME: scratch, ...env },
      reject: false,
    });
  const build = path.join(scratch, "build");
  await seedCache(build);
  const features = await run(["features", recording, "--json", "--build", build], {});
  t.is((JSON.parse(features.stdout || "{}") as { windows?: number }).windows, 2, features.stderr);
  const simulated = await run(["simulate", "--recording", recording, "--json"], { LOAM_BUILD: build });
  t.is(simulated.exitCode, 0, simulated.stderr);
  t.true(existsSync(path.join(build, "xs/programs")));
  t.is(await fingerprint(checkout), unchanged);
  if (id) {
    const refused = await run(["features", recording], {});
    t.is(refused.exitCode, 1);
    t.regex(refused.stderr, /--build DIR/);
  }
});
