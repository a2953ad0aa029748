import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { initNode } from "../../host-tools/init/init.js";
import { checkNodeFile } from "../../host-tools/node/nodeFile.js";
import { exampleNode, type NodeFolder } from "../../host-tools/node/nodeFolder.js";
import { keepSensorManifest, sensorManifestProblem } from "../../host-tools/node/sensorManifest.js";

const nodeAt = (root: string): NodeFolder => ({
  root,
  description: path.join(root, "node.config.json"),
  manifest: path.join(root, "manifest.json"),
  network: path.join(root, "model"),
});

test("sensors.json of a node: made by init, checked against the description, and written anew", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "firmware-"));
  const node = nodeAt(path.join(folder, "node"));
  try {
    await initNode(node.root);
    const { config } = await checkNodeFile(node.description);
    t.is(await sensorManifestProblem(node, config), undefined);
    t.false(await keepSensorManifest(node, config));
    const file = path.join(node.root, "sensors.json");
    const good = JSON.parse(await readFile(file, "utf8")) as { include: string[] };
    t.is(good.include.length, 3);

    await writeFile(file, JSON.stringify({ include: good.include.slice(1) }));
    t.is(
      await sensorManifestProblem(node, config),
      `sensors.json is not that of this description (it does not include ${good.include[0]}): npx loam device writes it`,
    );
    t.true(await keepSensorManifest(node, config));
    t.deepEqual(JSON.parse(await readFile(file, "utf8")), good);

    await writeFile(file, JSON.stringify({ include: [...good.include, "./mine.json"] }));
    t.regex((await sensorManifestProblem(node, config))!, /\(no sensor uses \.\/mine\.json\)/);
    await writeFile(file, "[]");
    t.regex((await sensorManifestProblem(node, config))!, /is not a manifest of drivers/);
    await rm(file);
    t.regex((await sensorManifestProblem(node, config))!, /^there is no sensors\.json/);

    // A node that was made before: its manifest does not include it.
    const manifest = await readFile(node.manifest, "utf8");
    await writeFile(node.manifest, manifest.replace(', "./sensors.json"', ""));
    const missing =
      /^manifest\.json does not include "\.\/sensors\.json", .* add it to "include" of "platforms" "esp32"$/;
    t.regex((await sensorManifestProblem(node, config))!, missing);
    await t.throwsAsync(keepSensorManifest(node, config), { message: missing });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the example's is that of its description", async (t) => {
  const { config } = await checkNodeFile(exampleNode.description);
  t.is(await sensorManifestProblem(exampleNode, config), undefined);
});
