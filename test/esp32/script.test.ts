import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { run } from "../../host-tools/lib/exec.js";
import { loamRoot, packageFolder } from "../../host-tools/lib/paths.js";

/** A script machine's hardware layer on this machine: the SDK's functions are test/esp32/script/clone.c. */
test("a script machine's tables of names and symbols are as long as those that it is cloned from", async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "loam-clone-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const program = path.join(folder, "clone");
  const headers = ["idf", "kconfig", "moddable"].map((name) => `test/esp32/headers/${name}`);
  execFileSync(
    process.env["CC"] ?? "cc",
    [
      ...["-std=gnu17", "-g", "-fsanitize=address", "-DESP32=1", "-include", "stddef.h"],
      ...["native/script", ...headers].map((name) => `-I${name}`),
      `-isystem${path.join(packageFolder("@agoric/xsnap"), "moddable/xs/includes")}`,
      ...["native/script/esp32/scriptEsp32.c", "test/esp32/script/clone.c"],
      ...["-o", program],
    ],
    { cwd: loamRoot },
  );
  t.deepEqual((await run(program, [])).trim().split("\n"), [
    "app script: names 59, symbols 7, keys 256 and no 0 more, static 20608, parser 2048",
    "firmware: static 147456",
    "deleted 1, roots 0",
    "lost 500",
  ]);
});
