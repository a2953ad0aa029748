import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { projectRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { referenceModels, seededInput, whereToPutModels } from "../inference/models.js";

/** The one line that chooses a backend: which of native/inference's manifests is included. */
const manifest = path.join(projectRoot, "test/judge/xs/manifest.json");

test("a manifest that chooses tflm still makes a simulated node, on micro, with TensorFlow Lite Micro's bytes", async (t) => {
  const model = referenceModels()?.find(({ name }) => name === "kws");
  if (!model) return t.log(whereToPutModels), t.pass();
  const folder = await mkdtemp(path.join(tmpdir(), "loam-tflm-"));
  try {
    const [seed, truth] = model.seeds[0]!;
    const input = path.join(folder, "input.bin");
    await writeFile(input, seededInput(seed, 490));
    const result = await runHost(await buildHost({ manifest }), { args: ["49152", "place"], resources: { "model.tflite": model.file, "input.bin": input }, timeoutMs: 60_000 });
    t.is(result.exitCode, 0, result.stderr);
    t.like(JSON.parse(result.lines[0]!), { backend: "micro", outputs: [truth.output, truth.output] });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("on esp32 the manifest takes Espressif's component, and the shim's sources are there", (t) => {
  const folder = path.join(projectRoot, "native/inference/tflm");
  const { platforms } = JSON.parse(readFileSync(path.join(folder, "manifest.json"), "utf8")) as { platforms: { esp32: { dependency: Record<string, unknown>[] } } };
  t.like(platforms.esp32.dependency[0], { namespace: "espressif", name: "esp-tflite-micro" });
  // As the component is compiled: structures have another layout without it.
  for (const source of ["tflm.cc", "tflmOperators.cc"]) t.regex(readFileSync(path.join(folder, source), "utf8"), /^(\/\*.*\*\/\n)?#include "tflmConfig.h"/);
});
