import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { initNode } from "../../host-tools/init/init.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { boardNames, boardOf } from "../../host-tools/node/boards.js";
import { checkNodeFile } from "../../host-tools/node/nodeFile.js";
import { git, needs } from "../helpers/needs.js";

for (const name of boardNames)
  test(`loam init --board ${name}: a valid description with the board's pins, and what has none is said`, async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), "loam-init-"));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const { left } = await initNode(path.join(folder, "node"), name);
    const { config } = await checkNodeFile(path.join(folder, "node", "node.config.json"));
    t.is<string | undefined, string>(config.board, name);
    const { free, radio, chip, supply } = boardOf(name);
    t.is(config.chip, chip);
    if (radio) t.like(config.radio.board, { chip: radio.chip });
    const [soil, temperature] = config.sensors;
    t.is(soil!.hardware?.chip, free.analog.length > 0 ? "capacitive" : undefined);
    if (free.i2c) t.like(temperature!.hardware, free.i2c);
    const supplied = soil!.hardware?.power?.pin;
    if (soil!.hardware) t.true(supplied === supply?.pin || free.outputs.includes(supplied!), String(supplied));
    const outputs = free.outputs.length - (soil!.hardware && !supply ? 1 : 0);
    t.is(config.actuators.length, Math.min(3, outputs));
    const missing = 3 - config.actuators.length + config.sensors.filter(({ hardware }) => !hardware).length;
    t.is(left.length, missing, left.join("\n"));
  });

test("a board that there is not is refused, with the nearest one", async (t) => {
  const bin = path.join(loamRoot, "host-tools/bin/loam.js");
  const { exitCode, stderr } = await execa(process.execPath, [bin, "init", "x", "--board", "heltec-v4"], {
    cwd: tmpdir(),
    reject: false,
  });
  t.is(exitCode, 1);
  t.regex(stderr, /--board heltec-v4, but there is no such board; did you mean "heltec-v3"\?/);
});

needs(git)("git in a new node's folder leaves out private keys", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-init-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await initNode(path.join(folder, "node"));
  await execa("git", ["init", "-q", folder]);
  const { stdout } = await execa("git", ["check-ignore", "loam-key.pem", "app/app.ts"], {
    cwd: path.join(folder, "node"),
    reject: false,
  });
  t.is(stdout, "loam-key.pem");
});
