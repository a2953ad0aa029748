import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { initNode } from "../../host-tools/init/init.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { checkNodeFile } from "../../host-tools/node/nodeFile.js";
import { exampleNode, type NodeFolder } from "../../host-tools/node/nodeFolder.js";
import { keepSensorManifest, sensorManifest, sensorManifestProblem } from "../../host-tools/node/sensorManifest.js";
import { modulesOf } from "../../host-tools/xs/manifest/files.js";
import { loadManifest } from "../../host-tools/xs/manifest/load.js";
import { needs, sdkSources } from "../helpers/needs.js";
import { withValues } from "./descriptions.js";

const nodeAt = (root: string): NodeFolder => ({
  root,
  description: path.join(root, "node.config.json"),
  manifest: path.join(root, "manifest.json"),
  network: path.join(root, "model"),
  app: path.join(root, "app"),
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

/** Names of the modules of a firmware with these sensors, by the SDK's own manifests. */
async function modulesFor(hardware: object, settings: object = {}): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "firmware-"));
  try {
    const sensor = { name: "a", unit: "dBFS", rate: 10, range: [-80, 0], stuckSeconds: 0, hardware, ...settings };
    const features = { statistics: ["mean"], spanSeconds: 10, spectra: [], correlations: [] };
    const { config } = checkConfig(withValues({ sensors: [sensor], features }));
    await writeFile(path.join(folder, "sensors.json"), sensorManifest(config, "$(LOAM)"));
    await mkdir(path.join(folder, "drivers"));
    await writeFile(path.join(folder, "drivers/tilt.js"), "");
    await writeFile(
      path.join(folder, "drivers/manifest.json"),
      JSON.stringify({ modules: { "drivers/tilt": "./tilt" }, preload: "drivers/tilt" }),
    );
    const sdk = process.env["MODDABLE"]!;
    const { modules } = loadManifest(path.join(folder, "sensors.json"), "esp32", {
      MODDABLE: sdk,
      MODULES: path.join(sdk, "modules"),
      IO: path.join(sdk, "modules/io"),
      BUILD: path.join(sdk, "build"),
      PLATFORM: "esp32",
      LOAM: loamRoot,
    });
    return modulesOf(modules)
      .scripts.map(({ name }) => name)
      .toSorted();
  } finally {
    await rm(folder, { recursive: true });
  }
}

const i2c = [
  "embedded:implementation/i2csync",
  "embedded:implementation/smbussync",
  "embedded:io/i2c",
  "embedded:io/smbus",
];
const wiring = { data: 21, clock: 22 };

/** What each kind of sensor brings into a firmware. */
const firmwares: [hardware: object, settings: object, modules: string[]][] = [
  [
    { chip: "lis3dh", axis: "z", ...wiring, address: 24 },
    { unit: "m/s²", rate: 64, range: [-20, 20] },
    [...i2c, "i2coptions", "lis3dh", "lis3dhConstants", "lis3dhSensor", "resampler", "samples"],
  ],
  [
    { chip: "analog", pin: 35 },
    { range: [0.2, 2] },
    ["analogConstants", "analogDriver", "analogSensor", "analogvoltage", "embedded:io/analog", "polled"],
  ],
  [
    { chip: "microphone", clock: 4, select: 16, data: 17 },
    {},
    ["embedded:io/audio/in", "microphoneSensor", "samples", "soundlevel"],
  ],
  [
    {
      chip: "ecma419",
      driver: "embedded:sensor/Accelerometer-Gyroscope/MPU6050",
      quantity: "gyroscope.x",
      sensor: { io: "smbus", ...wiring, address: 104 },
    },
    {},
    [...i2c, "ecma419Sensor", "embedded:sensor/Accelerometer-Gyroscope/MPU6050", "polled"],
  ],
  [
    {
      chip: "ecma419",
      driver: "drivers/tilt",
      manifest: "./drivers/manifest.json",
      quantity: "x",
      sensor: { io: "digital", pin: 4 },
    },
    {},
    ["drivers/tilt", "ecma419Sensor", "embedded:io/digital", "embedded:io/digitalbank", "polled"],
  ],
];

needs(sdkSources)("a firmware has the drivers of its sensors, and no others", async (t) => {
  for (const [hardware, settings, modules] of firmwares)
    t.deepEqual(await modulesFor(hardware, settings), modules.toSorted(), JSON.stringify(hardware));
});

test("the example's is that of its description", async (t) => {
  const { config } = await checkNodeFile(exampleNode.description);
  t.is(await sensorManifestProblem(exampleNode, config), undefined);
});
