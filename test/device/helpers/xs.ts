import path from "node:path";
import type { ExecutionContext } from "ava";
import { loamRoot } from "../../../host-tools/lib/paths.js";
import { buildHost, runHost, type RunOptions, type RunResult } from "../../../host-tools/xs/index.js";

const here = path.join(loamRoot, "test/device");

/** Runs test/device/NAME.xs.ts in the node's place, with the node's modules at hand. */
async function runXs(name: string, options: RunOptions = {}): Promise<RunResult> {
  return runHost(
    await buildHost({ manifest: path.join(here, "manifest.json"), main: path.join(here, `${name}.xs.ts`) }),
    { timeoutMs: 60000, ...options },
  );
}

/** The lines of a program that must end without error, parsed. */
export async function resultsOf<T>(t: ExecutionContext, name: string, options: RunOptions = {}): Promise<T[]> {
  const run = await runXs(name, options);
  t.is(run.exitCode, 0, run.stderr);
  return run.lines.map((line) => JSON.parse(line) as T);
}
