// Slow: compiles every native file for two chips
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { UserError } from "../../host-tools/lib/errors.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { lx106Compiler, needs, rv32Compiler } from "../helpers/needs.js";
import { filesUnder, firmwareOf, firmwares, type Firmware } from "./firmware.js";
import { missing, platformOf, providers, superfluous, twice, undeclared } from "./linking.js";
import { check, compileAll, toolchains, type Compiled } from "./toolchain.js";

const compilers = { ESP32: lx106Compiler, "ESP32-C3": rv32Compiler } as const;

test("every C and C++ file of native/ is in a firmware, but for what runs on this machine only", (t) => {
  const compiled = new Set(firmwares("esp32").flatMap(({ sources }) => sources));
  const others = filesUnder("native", /\.(c|cc|cpp)$/).filter((file) => !compiled.has(file));
  t.deepEqual(others, ["native/inference/fuzz/fuzzModel.c"]);
  t.deepEqual(filesUnder("device", /\.(c|cc|cpp)$/), []);
});

/** Modules of the SDK whose manifests do not name the component that their C calls. */
const unnamed: [module: string, component: string][] = [
  ["modules/io/analog", "esp_adc"],
  ["modules/io/serial", "esp_driver_uart"],
];

test("who includes a module of the SDK that leaves out its component names the component", (t) => {
  for (const [module, component] of unnamed) {
    const including = filesUnder("device", /^manifest\w*\.json$/).filter((manifest) =>
      readFileSync(path.join(loamRoot, manifest), "utf8").includes(`${module}/manifest.json`),
    );
    t.true(including.length > 0, module);
    for (const manifest of including)
      t.true(
        firmwareOf(manifest, "esp32").dependencies.some((each) => "idf" in each && each.idf === component),
        `${manifest}: ${component}`,
      );
  }
});

/** Every firmware on every chip whose compiler is here. */
const built = new Map<string, Compiled[]>();

for (const toolchain of toolchains) {
  const needed = needs(compilers[toolchain.chip as keyof typeof compilers]);

  needed.serial(`${toolchain.chip}: everything compiles, without implicit declarations`, async (t) => {
    const compiled = await compileAll(toolchain, firmwares(toolchain.platform));
    built.set(toolchain.chip, compiled);
    t.true(compiled.some(({ objects }) => objects.has("native/lora/esp32/halEsp32.c")));
    t.true(compiled.some(({ objects }) => objects.has("native/inference/tflm/tflm.cc")));
  });

  needed.serial(`${toolchain.chip}: the platform gives all that is undefined, as the manifests ask for it`, (t) => {
    for (const each of built.get(toolchain.chip)!) {
      t.deepEqual(missing(each), []);
      t.deepEqual(twice(each), []);
      t.deepEqual(undeclared(each), []);
    }
  });

  needed(`${toolchain.chip}: a file without the header of what it calls does not compile`, async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), "loam-esp32-"));
    t.teardown(() => rm(folder, { recursive: true }));
    const attempt = async (firmware: Firmware, source: string, text: string) => {
      const file = path.join(folder, path.basename(source));
      await writeFile(file, text);
      const folders = [...firmware.folders, path.dirname(source)];
      await check(toolchain, { ...firmware, folders }, file);
    };
    let count = 0;
    const seen = new Set<string>();
    for (const firmware of firmwares(toolchain.platform)) {
      for (const source of firmware.sources.filter((name) => !seen.has(name))) {
        seen.add(source);
        const text = await readFile(path.join(loamRoot, source), "utf8");
        const lines = [...text.matchAll(/^#include "(?:xsHost|driver\/|esp_).*"\n/gm)].map(([line]) => line);
        if (lines.length > 0) await t.notThrowsAsync(attempt(firmware, source, text));
        for (const line of lines) {
          const error = await t.throwsAsync(attempt(firmware, source, text.replace(line, "")), {
            instanceOf: UserError,
          });
          t.regex(error.message, /implicit declaration|unknown type|undeclared/, `${source} without ${line}`);
          count++;
        }
      }
    }
    t.true(count >= 10, `${count} includes`);
  });
}

needs(...Object.values(compilers)).serial(
  "the list of what the platform gives has no more than what is needed",
  (t) => {
    t.deepEqual(superfluous([...built.values()].flat()), []);
  },
);

test("a name that nothing gives, a name given twice, a component that no manifest names: each is found", (t) => {
  const firmware = firmwares("esp32").find(({ manifest }) => manifest === "native/lora/manifest.json")!;
  const symbols = (given: string[], wanted: string[]) => ({ given: new Set(given), wanted: new Set(wanted) });
  const objects = new Map([
    ["a.c", symbols(["one", "both"], ["c_malloc", "two"])],
    ["b.c", symbols(["two", "both"], ["one", "__divsi3", "spi_bus_free"])],
  ]);
  const compiled = { firmware, objects };
  t.deepEqual(missing(compiled), ["native/lora/manifest.json: a.c calls c_malloc, which nothing gives"]);
  t.deepEqual(twice(compiled), ["native/lora/manifest.json: both is in a.c and b.c"]);
  t.deepEqual(undeclared(compiled), []);
  t.deepEqual(undeclared({ firmware: { ...firmware, dependencies: [] }, objects }), [
    'native/lora/manifest.json: b.c calls spi_bus_free of esp_driver_spi, which is no "dependency" of its esp32 section',
  ]);
});

test("no name has two providers", (t) => {
  const names = providers().flatMap(({ names }) => names);
  t.deepEqual([...new Set(names)].length, names.length);
  t.is(platformOf("c_malloc"), undefined);
  t.is(platformOf("heap_caps_malloc")?.name, "heap");
});
