import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { UserError } from "../../host-tools/lib/errors.js";
import { loadManifest, type Manifest } from "../../host-tools/xs/manifest/load.js";

/** A manifest with this content, read for an ESP32-C3. */
function loaded(t: { teardown(call: () => void): void }, content: object): Manifest {
  const folder = mkdtempSync(path.join(tmpdir(), "loam-manifest-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, "manifest.json"), JSON.stringify(content));
  return loadManifest(path.join(folder, "manifest.json"), "esp32/esp32c3", { MODDABLE: "/none" });
}

const esp32 = (dependency: unknown) => ({ platforms: { esp32: { dependency } } });

test("components of ESP-IDF and of its registry", (t) => {
  const list = [
    { idf: "esp_driver_spi" },
    { namespace: "espressif", name: "esp-nn", version: "^1.2.3", includes: ["include"] },
  ];
  t.deepEqual(loaded(t, esp32(list)).dependencies, list);
  t.deepEqual(loaded(t, {}).dependencies, []);
});

const faults: [what: string, content: object, says: RegExp][] = [
  ["no list", esp32({ idf: "esp_adc" }), /manifest\.json: "dependency" is a list, \{"idf":"esp_adc"\} is not/],
  ["a name alone", esp32(["esp_adc"]), /dependency "esp_adc": an object is expected/],
  ["neither idf nor name", esp32([{ version: "1" }]), /dependency \{"version":"1"\}: "idf" or "name" is expected/],
  ["an unknown key", esp32([{ idfs: "esp_adc" }]), /"idfs" is no key of a dependency; those are idf, or/],
  ["both kinds", esp32([{ idf: "esp_adc", version: "1" }]), /"version" is for components of the registry/],
  ["an empty name", esp32([{ idf: "" }]), /"idf" is the name of a component of ESP-IDF/],
  ["a version that is no text", esp32([{ name: "esp-nn", version: 1 }]), /"version" is a string/],
  ["includes that are no list", esp32([{ name: "esp-nn", includes: "include" }]), /"includes" is a list of folders/],
  [
    "outside of platforms, where mcconfig ignores it",
    { dependency: [{ idf: "esp_adc" }] },
    /in a section of "platforms"/,
  ],
];

for (const [what, content, says] of faults) {
  test(`${what}: the error names file, entry and what is expected`, (t) => {
    const error = t.throws(() => loaded(t, content), { instanceOf: UserError });
    t.regex(error.message, says);
    t.regex(error.message, /manifest\.json: /);
  });
}

test("an SDK that this machine does not have may be left out, a file of another place may not", (t) => {
  const read = (include: string) => {
    const folder = mkdtempSync(path.join(tmpdir(), "loam-manifest-"));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, "manifest.json");
    writeFileSync(file, JSON.stringify({ include }));
    return loadManifest(file, "esp32", { MODDABLE: "/none" }, { withoutSdk: true }).files.length;
  };
  t.is(read("$(MODDABLE)/modules/io/manifest.json"), 1);
  t.throws(() => read("./absent.json"), { message: /includes .*absent\.json: there is no such file/ });
});
