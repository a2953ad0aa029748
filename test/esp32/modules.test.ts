import { readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import ts from "typescript";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { firmwareOf } from "./firmware.js";

/** What a module imports when it runs: types are gone by then. */
function imports(file: string): string[] {
  const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, verbatimModuleSyntax: true },
  });
  return [...outputText.matchAll(/^(?:import|export)\b[^;]*?from\s*"([^"]+)"/gm)].map((match) => match[1]!);
}

for (const manifest of ["manifest.json", "device/replay/manifest.json"]) {
  test(`${manifest}: each module of ours that one imports is in the firmware`, (t) => {
    const { scripts } = firmwareOf(manifest, "esp32");
    const names = new Set(scripts.map(({ name }) => name));
    let count = 0;
    for (const { name, file } of scripts.filter((each) => each.file.endsWith(".ts"))) {
      for (const imported of imports(file).filter((each) => each.startsWith("."))) {
        const wanted = path.posix.join(path.posix.dirname(name), imported).replace(/\.js$/, "");
        t.true(names.has(wanted), `${path.relative(loamRoot, file)} imports ${wanted}`);
        count++;
      }
    }
    t.true(count > 20, `${count} imports`);
  });

  // Of a module that runs when the image is made, but is not listed, all byte code stays in the image, the part that has run with it.
  test(`${manifest}: each module of ours that a preloaded one imports is preloaded`, (t) => {
    const { scripts, preload } = firmwareOf(manifest, "esp32");
    const files = new Map(scripts.map(({ name, file }) => [name, file]));
    // Each program has its own of these.
    const listed = new Set([...preload, "sensors", "uplink"]);
    let count = 0;
    for (const name of preload) {
      const file = files.get(name);
      if (!file?.endsWith(".ts")) continue;
      for (const imported of imports(file)) {
        const wanted = imported.startsWith(".")
          ? path.posix.join(path.posix.dirname(name), imported).replace(/\.js$/, "")
          : imported;
        if (!files.get(wanted)?.startsWith(loamRoot)) continue;
        t.true(listed.has(wanted), `${path.relative(loamRoot, file)} imports ${wanted}`);
        count++;
      }
    }
    t.true(count > 20, `${count} imports`);
  });
}
