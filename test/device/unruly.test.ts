import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { withValues } from "../node/descriptions.js";

test("a driver that throws in close, gives samples twice or late is reported; the others go on, and it is opened again", async (t) => {
  const here = path.join(loamRoot, "test/device");
  const names = ["good", "clinging", "twice", "late"];
  const sensors = names.map((name) => ({ name, unit: "1", rate: 16, range: [0, 1e6], stuckSeconds: 0 }));
  const features = { statistics: ["mean"], spanSeconds: 10, spectra: [], correlations: [] };
  const { config } = checkConfig(withValues({ sensors, features }));
  const program = await buildHost({
    manifest: path.join(here, "manifest.json"),
    main: path.join(here, "unruly.xs.ts"),
  });
  const folder = await mkdtemp(path.join(tmpdir(), "unruly-"));
  try {
    const file = path.join(folder, "node.config.json");
    await writeFile(file, JSON.stringify(config));
    const run = await runHost(program, { resources: { "node.config.json": file }, timeoutMs: 120_000 });
    t.is(run.exitCode, 0, run.stderr);
    const said = run.lines.map((line) => JSON.parse(line) as unknown[]);
    const windows = said.filter(([kind]) => kind === "window");
    t.is(windows.length, 2);
    for (const [, , rings] of windows as [string, boolean, [length: number, first: number, last: number][]][]) {
      // 30 s of 16 Hz: the good one has them all, in order, whatever the others do.
      t.deepEqual(rings[0], [480, 1, 480]);
      t.deepEqual(rings[1], [480, 1, 480]);
      t.is(rings[3]![0], 480);
    }
    const errors = said
      .filter(([kind]) => kind === "error")
      .map(([, name, text]) => `${String(name)}: ${String(text)}`);
    t.is(errors.filter((text) => text === "clinging: Error: it does not close").length, 2, errors.join("\n"));
    t.is(errors.length, 2, errors.join("\n"));
    const faults = said.filter(([kind, name]) => kind === "fault" && name !== "late");
    // Of 960 samples 480 are the window's, and 12 are kept for the next one, which never is.
    t.deepEqual(faults, Array(2).fill(["fault", "twice", "surplus", 468]), run.lines.join("\n"));
    // What such a sensor gives is not what the network was trained on.
    t.deepEqual(
      windows.map(([, isFit]) => isFit),
      [false, false],
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
