import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { findSdk } from "../../host-tools/xs/mcconfig.js";
import { mcconfig, mlperfTiny, needs } from "../helpers/needs.js";
import { referenceModel, seededInput } from "../inference/models.js";

/** The one line that chooses a backend: which of native/inference's manifests is included. */
const manifest = path.join(loamRoot, "test/judge/xs/manifest.json");

needs(mlperfTiny)(
  "a manifest that chooses tflm still makes a simulated node, on micro, with TensorFlow Lite Micro's bytes",
  async (t) => {
    const model = referenceModel("kws");
    const folder = await mkdtemp(path.join(tmpdir(), "loam-tflm-"));
    try {
      const [seed, truth] = model.seeds[0]!;
      const input = path.join(folder, "input.bin");
      await writeFile(input, seededInput(seed, 490));
      const result = await runHost(await buildHost({ manifest }), {
        args: ["49152", "place"],
        resources: { "model.tflite": model.file, "input.bin": input },
        timeoutMs: 60_000,
      });
      t.is(result.exitCode, 0, result.stderr);
      t.like(JSON.parse(result.lines[0]!), { backend: "micro", outputs: [truth.output, truth.output] });
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

test("on esp32 the manifest takes Espressif's component, and the shim's sources are there", (t) => {
  const folder = path.join(loamRoot, "native/inference/tflm");
  const { platforms } = JSON.parse(readFileSync(path.join(folder, "manifest.json"), "utf8")) as {
    platforms: { esp32: { dependency: Record<string, unknown>[] } };
  };
  t.like(platforms.esp32.dependency[0], { namespace: "espressif", name: "esp-tflite-micro" });
  // As the component is compiled: structures have another layout without it.
  for (const source of ["tflm.cc", "tflmCheck.cc", "tflmOperators.cc", "tflmPlan.cc", "tflmStops.cc"])
    t.regex(readFileSync(path.join(folder, source), "utf8"), /^(\/\*.*\*\/\n)?#include "tflmConfig.h"/);
});

/** What mcconfig, which needs ESP-IDF only to run what it wrote, makes of the manifests for an ESP32-S3. */
const esp32: [backend: string, makefile: RegExp[], defines: RegExp | undefined][] = [
  [
    "tflm",
    [
      /add-dependency "espressif\/esp-tflite-micro\^/,
      /espressif__esp-tflite-micro\/third_party\/flatbuffers\/include/,
      /tflm\.cc\.o:/,
      /tflmCheck\.cc\.o:/,
      /tflmOperators\.cc\.o:/,
      /tflmPlan\.cc\.o:/,
      /tflmStops\.cc\.o:/,
    ],
    undefined,
  ],
  [
    "espnn",
    [/add-dependency "espressif\/esp-nn\^/, /espressif__esp-nn\/include/, /microEspNn\.c\.o:/, /microConv\.c\.o:/],
    /#define MODDEF_INFERENCE_ESP_NN \(1\)/,
  ],
];

for (const [backend, makefile, defines] of esp32) {
  needs(mcconfig)(`mcconfig for ESP32-S3 with ${backend}: component, sources and defines`, async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), "loam-esp32-"));
    try {
      const sdk = findSdk("lin");
      const include = [
        "$(MODDABLE)/examples/manifest_base.json",
        path.join(loamRoot, "native/inference", backend, "manifest.json"),
        path.join(loamRoot, "device/model/operators.json"),
      ];
      await writeFile(path.join(folder, "manifest.json"), JSON.stringify({ include, modules: { main: "./main" } }));
      await writeFile(path.join(folder, "main.js"), 'import "inference";\n');
      await execa("mcconfig", ["-d", "-p", "esp32/esp32s3", "-o", folder, path.join(folder, "manifest.json")], {
        env: { IDF_PATH: folder, ...sdk.environment },
      });
      const made = path.join(folder, "tmp/esp32/esp32s3/debug", path.basename(folder));
      const [rules, header] = ["makefile", "mc.defines.h"].map((name) => readFileSync(path.join(made, name), "utf8"));
      for (const words of makefile) t.regex(rules!, words);
      t.regex(header!, /#define MODDEF_INFERENCE_OPERATORS OPERATOR\(AVERAGE_POOL_2D\) OPERATOR\(CONV_2D\)/);
      if (defines) t.regex(header!, defines);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
