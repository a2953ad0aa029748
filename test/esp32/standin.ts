import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ExecutionContext } from "ava";
import { run } from "../../host-tools/lib/exec.js";
import { loamRoot, packageFolder } from "../../host-tools/lib/paths.js";

/** Compiles C for the ESP32 for this machine, with functions of ESP-IDF and the SDK that stand in, and runs it. @returns the lines that it prints */
export async function runWithStandIns(
  t: ExecutionContext,
  { include, sources, options = [] }: { include: string[]; sources: string[]; options?: string[] },
): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "loam-standin-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const program = path.join(folder, "program");
  const headers = ["idf", "kconfig", "moddable"].map((name) => `test/esp32/headers/${name}`);
  execFileSync(
    process.env["CC"] ?? "cc",
    [
      ...["-std=gnu17", "-g", "-fsanitize=address", "-DESP32=1", "-include", "stddef.h", ...options],
      ...[...include, ...headers].map((name) => `-I${name}`),
      `-isystem${path.join(packageFolder("@agoric/xsnap"), "moddable/xs/includes")}`,
      ...[...sources, "-o", program],
    ],
    { cwd: loamRoot },
  );
  return (await run(program, [])).trim().split("\n");
}
