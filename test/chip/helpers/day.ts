import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ExecutionContext } from "ava";
import type { NodeConfig } from "../../../device/config.js";
import { generateRecordings } from "../../../host-tools/recordings/generate.js";

/** A simulated day, CSV, the same each time; deleted when the test has ended. */
export async function recordedDay(t: ExecutionContext, config: NodeConfig): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-chip-day-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await generateRecordings(folder, config, { days: 3, seed: 1 });
  const test = path.join(folder, "test");
  return path.join(test, (await readdir(test)).sort()[0]!);
}
