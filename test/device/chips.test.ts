import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { withValues } from "../node/descriptions.js";

const here = path.join(loamRoot, "test/device");

/** Runs a window of these sensors under XS. */
async function windowOf(sensors: object[], features: object): Promise<unknown[]> {
  const program = await buildHost({
    manifest: path.join(here, "chips.manifest.json"),
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

const wired = { data: 21, clock: 22 };
const axis = (name: "x" | "y" | "z", settings: object = {}) => ({
  name,
  unit: "m/s²",
  rate: 64,
  range: [-20, 20],
  stuckSeconds: 0,
  hardware: { chip: "lis3dh", axis: name, ...wired, address: 24, ...settings },
});
const spectrum = (sensor: string) => ({
  sensor,
  size: 128,
  bands: [
    [9, 11],
    [20, 30],
  ],
});

test("three axes of one LIS3DH are one driver; gravity is measured, and taken away where the description says so", async (t) => {
  const axes = (settings: object) => (["z", "x", "y"] as const).map((name) => axis(name, settings));
  const withGravity = await windowOf(axes({}), { spectra: [spectrum("x")] });
  t.is(withGravity.length, 1);
  const [, isFit, named] = withGravity[0] as [string, boolean, Record<string, number>];
  t.true(isFit);
  // The chip resolves 4 mg, 0.04 m/s².
  const near = (name: string, value: number) => t.true(Math.abs(named[name]! - value) < 0.04, `${name} ${named[name]}`);
  near("z.mean", 8.83);
  near("x.mean", 1.5);
  near("y.mean", -4);
  t.true(named["x.9-11Hz"]! > 100 * named["x.20-30Hz"]!, JSON.stringify(named));
  const [[, , filtered]] = (await windowOf(axes({ highPass: true }), {})) as [
    [string, boolean, Record<string, number>],
  ];
  for (const name of ["x", "y", "z"]) t.true(Math.abs(filtered[`${name}.mean`]!) < 0.04, JSON.stringify(filtered));
});
