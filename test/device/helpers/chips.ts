/** A window of sensors over simulated chips, under XS. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { loamRoot } from "../../../host-tools/lib/paths.js";
import { checkConfig } from "../../../host-tools/node/check.js";
import { buildHost, runHost } from "../../../host-tools/xs/index.js";
import { withValues } from "../../node/descriptions.js";

const here = path.join(loamRoot, "test/device");

/** Runs a window of these sensors under XS. */
export async function windowOf(
  sensors: object[],
  features: object = {},
  manifest = "chips.manifest.json",
): Promise<unknown[]> {
  const program = await buildHost({
    manifest: path.join(here, manifest),
    main: path.join(here, "chips.xs.ts"),
  });
  const { config } = checkConfig(
    withValues({
      sensors,
      features: { statistics: ["mean"], spanSeconds: 10, spectra: [], correlations: [], ...features },
    }),
  );
  const folder = await mkdtemp(path.join(tmpdir(), "chips-"));
  try {
    const file = path.join(folder, "node.config.json");
    await writeFile(file, JSON.stringify(config));
    const run = await runHost(program, { resources: { "node.config.json": file }, timeoutMs: 120_000 });
    if (run.exitCode !== 0) throw new Error(run.stderr);
    return run.lines.map((line) => JSON.parse(line) as unknown);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export type Window = ["window", boolean, Record<string, number>];
export const lastOf = (said: unknown[]): Window => said.at(-1) as Window;

export const wired = { data: 21, clock: 22 };
export const slow = (name: string, unit: string, range: [number, number], hardware: object, rate = 1) => ({
  name,
  unit,
  rate,
  range,
  stuckSeconds: 0,
  hardware,
});
