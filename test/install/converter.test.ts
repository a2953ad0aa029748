// Slow: compiles and packs the converter's package, and type-checks what uses it
import { createServer, type Server } from "node:http";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import test from "ava";
import { build } from "esbuild";
import { execa } from "execa";
import { chromium as playwright } from "playwright-core";
import type { Converted, Quantized } from "tfjs-to-tflite/library.js";
import type { PruneReport } from "tfjs-to-tflite/pruning.js";
import { readArrayFile } from "tfjs-to-tflite/graph/arrayFile.js";
import { chromiumArguments, findChromium } from "../../host-tools/lib/browser.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { at, model, samples } from "../convert/conversions.js";
import { predict, run as runModel } from "../convert/run.js";
import { chromium, needs } from "../helpers/needs.js";
import { extract, packConverter } from "./installed.js";

interface LockedPackage {
  dependencies?: Record<string, string>;
  hasInstallScript?: boolean;
  os?: string[];
}

const { packages } = JSON.parse(readFileSync(path.join(loamRoot, "package-lock.json"), "utf8")) as {
  packages: Record<string, LockedPackage>;
};
const place = "packages/tfjs-to-tflite";
const declared = Object.keys(packages[place]!.dependencies!);

/** A project of somebody else's, with the package and nothing but what it declares. */
let project: string;
const inProject = (...parts: string[]): string => path.join(project, ...parts);

test.before(async (t) => {
  t.timeout(300_000);
  project = await realpath(await mkdtemp(path.join(tmpdir(), "tfjs-to-tflite-")));
  const tarball = await packConverter(project);
  await rm(inProject("converter"), { recursive: true });
  const modules = inProject("node_modules");
  for (const name of declared) {
    await mkdir(path.dirname(path.join(modules, name)), { recursive: true });
    await symlink(path.join(loamRoot, "node_modules", name), path.join(modules, name));
  }
  await extract(tarball, path.join(modules, "tfjs-to-tflite"));
  await writeFile(inProject("package.json"), JSON.stringify({ name: "other", type: "module" }));
});
test.after.always(async () => await rm(project, { recursive: true, force: true }));

const cli = (...args: string[]) =>
  execa(process.execPath, [inProject("node_modules/tfjs-to-tflite/dist/cli.js"), ...args], {
    cwd: project,
    reject: false,
  });

/** The outputs of a .tflite under TensorFlow Lite, for the samples of all these tests. */
async function outputsOf(file: string, { inputs, outputs }: Pick<Converted["report"], "inputs" | "outputs">) {
  const { data, shape } = await readArrayFile(at("samples.npy"));
  const given = [tf.tensor(data, shape)];
  const conversion = { tflite: await readFile(inProject(file)), summary: { inputs, outputs } };
  const [values] = await runModel(conversion as never, given, { backend: "tflite" });
  const truth = predict(model, given)[0]!.dataSync();
  return { values: values!, truth };
}

test("whatever it needs is JavaScript that npm installs without running or compiling anything", (t) => {
  const all = new Set<string>();
  const visit = (name: string, from: string): void => {
    const found = [`${from}/node_modules/${name}`, `node_modules/${name}`].find((key) => packages[key])!;
    if (all.has(found)) return;
    all.add(found);
    for (const each of Object.keys(packages[found]!.dependencies ?? {})) visit(each, found);
  };
  for (const name of declared) visit(name, place);
  t.true(all.size > declared.length);
  t.deepEqual(
    [...all].filter((key) => packages[key]!.hasInstallScript || packages[key]!.os),
    [],
  );
});

test("its command line converts a model to float32, which agrees with tfjs", async (t) => {
  const { exitCode, stdout, stderr } = await cli(at("model/model.json"), "-o", "float.tflite", "--json");
  t.is(exitCode, 0, stderr);
  const report = JSON.parse(stdout) as Converted["report"] & { files: string[] };
  t.deepEqual([report.type, report.files], ["float32", ["float.tflite"]]);
  t.is(report.bytes, (await readFile(inProject("float.tflite"))).length);
  const { values, truth } = await outputsOf("float.tflite", report);
  t.true(values.every((value, i) => Math.abs(value - truth[i]!) < 1e-5));
});

test("and to int8 with samples: what it reports of the agreement is what TensorFlow Lite computes", async (t) => {
  const given = [at("model"), "--calibrate", at("samples.npy"), "--out", "int8", "--c-array", "--report"];
  const { exitCode, stdout, stderr } = await cli(...given);
  t.is(exitCode, 0, stderr);
  t.regex(
    stdout,
    /^int8, \d+ operators, .* bytes\nagainst tfjs, on 24 samples: signal to noise [\d.]+ dB, .*same class/,
  );
  t.regex(await readFile(inProject("int8.c"), "utf8"), /alignas\(16\)/);
  const report = JSON.parse(await readFile(inProject("int8.json"), "utf8")) as Converted["report"];
  t.is(report.agreement!.samples, samples);
  t.true(report.operators.every(({ snr }) => snr === null || snr! > 10));
  const { values, truth } = await outputsOf("int8.tflite", report);
  const largest = Math.max(...values.map((value, i) => Math.abs(value - truth[i]!)));
  // Rounding inside of operators, which the report does not have, moves an output by a step or two.
  t.true(Math.abs(largest - report.agreement!.largestDifference) <= 2.1 * report.outputs[0]!.scale!);
});

test("in a checkout its command runs the sources", async (t) => {
  const { bin } = JSON.parse(await readFile(path.join(loamRoot, place, "package.json"), "utf8")) as {
    bin: Record<string, string>;
  };
  const { stdout } = await execa("node", [path.join(loamRoot, place, bin["tfjs-to-tflite"]!), "--help"]);
  t.regex(stdout, /^Usage: tfjs-to-tflite /);
});

test("it writes the page of itself, and over nothing else", async (t) => {
  const written = await cli("--page");
  t.deepEqual([written.exitCode, written.stdout], [0, "tfjs-to-tflite.html"], written.stderr);
  const page = await readFile(inProject("tfjs-to-tflite.html"), "utf8");
  t.regex(page, /^<!doctype html>[^]*data:application\/wasm;base64,/);
  t.is((await cli("--page")).exitCode, 0, "once more");
  await writeFile(inProject("index.html"), "<h1>mine</h1>");
  const refused = await cli("--page", "index.html");
  t.is(refused.exitCode, 1);
  t.regex(refused.stderr, /^tfjs-to-tflite: index\.html is .*; the converter's page goes there/);
  t.is((await cli()).exitCode, 1);
});

test("it overwrites nothing of another kind, and says what is wrong with a model", async (t) => {
  await writeFile(inProject("notes.tflite"), "mine");
  const refused = await cli(at("model"), "-o", "notes.tflite");
  t.is(refused.exitCode, 1);
  t.regex(refused.stderr, /^tfjs-to-tflite: notes\.tflite is other text; a \.tflite model goes there/);
  t.is(await readFile(inProject("notes.tflite"), "utf8"), "mine");
  const missing = await cli("nowhere");
  t.is(missing.exitCode, 1);
  t.regex(missing.stderr, /^tfjs-to-tflite: cannot read the model nowhere: there is no such file/);
});

const program = `
import { readFileSync, writeFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { convert, prune, quantize, readSamples, saveLayersModel, UserError } from "tfjs-to-tflite";
await tf.setBackend("cpu");
const [location, file] = process.argv.slice(2);
const calibrate = await readSamples(file);
const { tflite, report } = await convert(location, { calibrate, io: "float32" });
const { report: quantized } = await quantize(location, calibrate);
const pruned = await prune(location, { ratio: 0.4, samples: calibrate, epochs: 1 });
await saveLayersModel(pruned.model, "pruned");
const smaller = await convert(pruned.model);
const fault = await convert(location, { type: "int8" }).catch((error) => error);
console.log(JSON.stringify({
  magic: String.fromCharCode(...tflite.subarray(4, 8)), report, quantized, pruned: pruned.report,
  smaller: smaller.report.bytes, backend: tf.getBackend(), isUserError: fault instanceof UserError, fault: fault.message,
}));
`;

test("it is a library: convert, quantize and prune, with reports that JSON holds", async (t) => {
  t.timeout(120_000);
  await writeFile(inProject("use.js"), program);
  const { stdout } = await execa(process.execPath, ["use.js", at("model"), at("samples.npy")], { cwd: project });
  const seen = JSON.parse(stdout.split("\n").at(-1)!) as {
    magic: string;
    report: Converted["report"];
    quantized: Quantized["report"];
    pruned: PruneReport;
    smaller: number;
    backend: string;
    isUserError: boolean;
    fault: string;
  };
  t.is(seen.magic, "TFL3");
  t.deepEqual([seen.report.type, seen.report.inputs[0]!.type], ["int8", "float32"]);
  t.is(seen.report.agreement!.with, "tfjs");
  t.true(seen.quantized.activations.length > 3 && seen.quantized.activations.every(({ scale }) => scale > 0));
  t.true(seen.pruned.after.filters < seen.pruned.before.filters);
  t.is(seen.pruned.losses.length, 1);
  t.true(seen.smaller > 0);
  t.is(seen.backend, "cpu", "that of the program, again");
  t.true(seen.isUserError);
  t.regex(seen.fault, /int8 needs calibration samples/);
});

test("its types find a mistake, for Node and for bundlers", async (t) => {
  t.timeout(120_000);
  await writeFile(
    inProject("good.ts"),
    `import { convert, quantize, prune, type Converted, type Report } from "tfjs-to-tflite";
const made: Converted = await convert("model.json", { calibrate: new Float32Array(128), io: "float32" });
const report: Report = made.report;
export const facts: [Uint8Array, number, number | undefined] = [made.tflite, report.bytes, report.agreement?.top1];
// @ts-expect-error: there is no such type of inputs
await convert("model.json", { io: "int7" });
// @ts-expect-error: a share is a number
await prune("model.json", { ratio: "0.4" });
export const scale: number = (await quantize("model", new Float32Array(1))).report.activations[0]!.scale;
`,
  );
  await writeFile(
    inProject("page.ts"),
    `import { convert, useWasm } from "tfjs-to-tflite";
useWasm("/wasm/");
export const dropped = (files: FileList) => convert(Array.from(files));
`,
  );
  const check = (file: string, ...options: string[]) =>
    execa(
      path.join(loamRoot, "node_modules/.bin/tsc"),
      [file, "--noEmit", "--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--skipLibCheck", ...options],
      { cwd: project, reject: false },
    );
  const results = await Promise.all([
    check("good.ts", "--module", "nodenext"),
    check("page.ts", "--module", "es2022", "--moduleResolution", "bundler", "--customConditions", "browser"),
  ]);
  for (const { exitCode, stdout } of results) t.is(exitCode, 0, stdout);
});

/** Serves the project, the model and tfjs's .wasm files to a page. */
async function serve(): Promise<{ url: string; server: Server }> {
  const folders: Record<string, string> = {
    model: at("model"),
    wasm: path.join(loamRoot, "node_modules/@tensorflow/tfjs-backend-wasm/dist"),
    page: inProject("page"),
  };
  const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
  const server = createServer((request, response) => {
    const [, folder, file] = new URL(request.url!, "http://page").pathname.split("/");
    try {
      const content = readFileSync(path.join(folders[folder!]!, file!));
      response
        .writeHead(200, { "content-type": types[path.extname(file!)] ?? "application/octet-stream" })
        .end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

needs(chromium)("in a browser it makes the same files as under Node, of an address and of files", async (t) => {
  t.timeout(240_000);
  await mkdir(inProject("page"));
  await writeFile(
    inProject("page.js"),
    `import { convert, useWasm } from "tfjs-to-tflite";
Object.assign(globalThis, { convert, useWasm });`,
  );
  const { metafile } = await build({
    absWorkingDir: project,
    entryPoints: ["page.js"],
    outfile: "page/page.js",
    bundle: true,
    format: "esm",
    platform: "browser",
    metafile: true,
    logLevel: "error",
  });
  const ofNode = Object.entries(metafile.inputs).flatMap(([file, { imports }]) =>
    file.includes("tfjs-to-tflite/") ? imports.filter(({ path: name }) => name.startsWith("node:")) : [],
  );
  t.deepEqual(ofNode, []);
  await writeFile(inProject("page/index.html"), `<!doctype html><script type="module" src="page.js"></script>`);
  const numbers = Array.from((await readArrayFile(at("samples.npy"))).data);
  const { url, server } = await serve();
  const browser = await playwright.launch({ executablePath: findChromium(), args: chromiumArguments });
  try {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(`${url}/page/index.html`);
    await page.waitForFunction("globalThis.convert");
    const made = (expression: string) =>
      page.evaluate<{ bytes: number[]; top1: number | null }>(`(async () => {
        const calibrate = Float32Array.from(${JSON.stringify(numbers)});
        const { tflite, report } = await ${expression};
        return { bytes: Array.from(tflite), top1: report.agreement?.top1 ?? null };
      })()`);
    const float = await made(`convert("/model/model.json", { name: "float" })`);
    await cli(at("model"), "-o", "float.tflite");
    t.deepEqual(Buffer.from(float.bytes), await readFile(inProject("float.tflite")));
    const dropped = await made(`(async () => {
      const file = async (name) => new File([await (await fetch("/model/" + name)).arrayBuffer()], name);
      return convert(await Promise.all(["weights.bin", "model.json"].map(file)), { name: "float" });
    })()`);
    t.deepEqual(dropped.bytes, float.bytes);
    const int8 = await made(`(useWasm("/wasm/"), convert("/model/", { calibrate, name: "int8" }))`);
    await cli(at("model"), "--calibrate", at("samples.npy"), "-o", "int8.tflite");
    t.deepEqual(Buffer.from(int8.bytes), await readFile(inProject("int8.tflite")));
    t.true(int8.top1! > 0.8);
    t.deepEqual(faults, []);
  } finally {
    await browser.close();
    server.close();
  }
});
