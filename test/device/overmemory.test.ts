// Slow: builds two programs of the node
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { exampleNode, quietDay } from "./helpers/day.js";
import { writeSoilDay } from "./helpers/soil.js";

const folder = path.join(buildRoot, "test", `overmemory-${process.pid}`);

/** The node, with so many bytes for XS. */
function manifestWith(bytes: number): string {
  const at = path.join(folder, String(bytes));
  mkdirSync(at, { recursive: true });
  const manifest = path.join(at, "manifest.json");
  writeFileSync(
    manifest,
    JSON.stringify({
      include: [path.join(loamRoot, "manifest.json")],
      platforms: { esp32: { creation: { static: bytes } } },
    }),
  );
  return manifest;
}

test("a run whose XS memory exceeds by some bytes what the firmware gives it fails", async (t) => {
  const config = exampleNode();
  const { model, recording } = writeSoilDay(
    folder,
    config,
    quietDay(config, 2, () => 40),
  );
  const run = async (bytes: number) => {
    const program = await buildHost({ manifest: manifestWith(bytes) });
    return await simulate({ recording, config, model, run: (options) => runHost(program, options) });
  };
  const { heapPeakBytes, heapLimitBytes } = await run(147_456);
  t.is(heapLimitBytes, 147_456);
  t.true(heapPeakBytes < heapLimitBytes);
  const limit = heapPeakBytes - 16;
  const { message } = await t.throwsAsync(run(limit));
  // Where no garbage is in it, XS ends the program, as on the chip; else the peak alone says so.
  const [used, given] = [heapPeakBytes, limit].map((bytes) => bytes.toLocaleString("en-US"));
  const isFull = message.includes(
    `memory full\n  creation.static in the manifest gives ${limit} bytes for slots and chunks`,
  );
  if (!isFull)
    t.is(message.split(" (")[0], `XS used up to ${used} bytes of memory, and the firmware gives it ${given}`);
});
