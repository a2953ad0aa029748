import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { run } from "../../host-tools/lib/exec.js";
import { loamRoot, packageFolder } from "../../host-tools/lib/paths.js";

/** The hardware layer of the radio on threads: ESP-IDF's calls are test/esp32/tasks/idf.c. */
test("the radio's task ends before its driver loses the hardware, at a close and when the radio cannot be opened", async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "loam-tasks-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const program = path.join(folder, "close");
  const headers = ["idf", "kconfig", "moddable"].map((name) => `test/esp32/headers/${name}`);
  execFileSync(
    process.env["CC"] ?? "cc",
    [
      ...["-std=gnu17", "-g", "-fsanitize=address", "-pthread", "-DESP32=1", "-include", "stddef.h"],
      ...["native/lora", "native/lora/esp32", "test/esp32/tasks", ...headers].map((name) => `-I${name}`),
      `-isystem${path.join(packageFolder("@agoric/xsnap"), "moddable/xs/includes")}`,
      ...["halEsp32.c", "awakeLock.c", "radioLines.c"].map((name) => `native/lora/esp32/${name}`),
      ...["test/esp32/tasks/idf.c", "test/esp32/tasks/close.c"],
      ...["-o", program],
    ],
    { cwd: loamRoot },
  );
  t.deepEqual((await run(program, [])).trim().split("\n"), [
    "open 1, woken 1, by closing 0, without hardware 0",
    "refused 1, woken 0, without hardware 0, context 0",
  ]);
});
