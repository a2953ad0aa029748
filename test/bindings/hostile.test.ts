// Slow: XS under the sanitizers, collecting garbage all the time
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { findNatives } from "../../host-tools/xs/builder/natives.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";

const folder = path.join(buildRoot, "test", `hostile-${process.pid}`);

function relu(name: string, elements: number): string {
  const builder = new ModelBuilder();
  const input = builder.int8([1, elements], 0.5, 0);
  const output = builder.operator("RELU", [input], builder.int8([1, elements], 0.5, 0));
  const file = path.join(folder, name);
  writeFileSync(file, writeTflite(builder.build([input], [output])));
  return file;
}

/** Native methods that script of ours calls. */
function nativesOf(...folders: string[]): string[] {
  const files = folders.flatMap((name) =>
    readdirSync(path.join(loamRoot, name), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(ts|js)$/.test(file) && !/\.d\.ts$|\.xs\.ts$/.test(file))
      .map((file) => path.join(loamRoot, name, file))
      .filter((file) => readFileSync(file, "utf8").includes("native(")),
  );
  return findNatives(
    files.map((file) => ({ name: file, file })),
    [],
  ).functions;
}

/** Two end the program, three are the test's own, and the last belongs to another machine: test/script. */
const leftOut = [
  "xs_host_exit",
  "xs_sleep_deep",
  "xs_firmware_restart",
  "xs_host_stress",
  "xs_host_transfer",
  "xs_host_resize",
  "xs_script_ask",
];

test("no call of a native method, however hostile, crashes or accesses memory out of bounds, with garbage collection during the call", async (t) => {
  mkdirSync(folder, { recursive: true });
  const program = await buildHost({ manifest: path.join(loamRoot, "test/bindings/manifest.json"), stress: true });
  const { stderr, stdout, exitCode } = await runHost(program, {
    resources: {
      "model.tflite": path.join(loamRoot, "device/model/model.tflite"),
      "small.tflite": relu("small.tflite", 16),
      "large.tflite": relu("large.tflite", 4096),
    },
    // All calls are one turn of the event loop, which takes longer than the watchdog allows.
    restarts: false,
    // Each chunk is a block of malloc: the stacks of all of them are most of the time. Raise it to see who allocated what an error is about.
    env: { ASAN_OPTIONS: "detect_leaks=0:malloc_context_size=1" },
    timeoutMs: 200_000,
  });
  t.is(exitCode, 0, stderr);
  const { names, calls, failures } = JSON.parse(stdout) as { names: string[]; calls: number; failures: string[] };
  t.deepEqual(failures, []);
  t.true(calls > 1000, `${calls} calls`);
  const all = nativesOf("native", "device", "host-tools/xs/sim", "host-tools/xs/sdk");
  t.deepEqual(
    names.sort(),
    all.filter((name) => !leftOut.includes(name)).sort(),
    "every native method is in the table",
  );
  t.log(`${calls} calls of ${names.length} native methods`);
});
