// Slow: an emulated chip, with a simulated sensor and radio
import { registrationOf } from "../../host-tools/node/registration.js";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Air } from "../../host-tools/air/index.js";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { attachGateway, collectInAir } from "../../host-tools/gateway/airgateway.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { Random } from "../../host-tools/lib/random.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { board, needs } from "../helpers/needs.js";
import { withValues } from "../node/descriptions.js";
import { keys, makePackage } from "../update/rig.js";

/** Of the model: with all else a package of 100 KB. */
const modelBytes = 100_000;
/** ms of a step, and of one that writes flash; docs/packages.md. */
const mostOfStep = 10;
const mostOfWrite = 80;

needs(board)(
  "while a package of 100 KB is checked no sample is late, and the receive windows of an uplink open in time",
  async (t) => {
    t.timeout(900_000);
    const folder = path.join(buildRoot, "test", `checking-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const file = (name: string, content: string | Uint8Array): string => {
      writeFileSync(path.join(folder, name), content);
      return path.join(folder, name);
    };
    const { config } = checkConfig(
      withValues({ updates: { publicKey: publicKeyOf(keys.privateKey) }, "radio.dataRate": 5, "radio.adr": false }),
    );
    const bytes = makePackage(config, 5, {
      model: new Random("model").bytes(modelBytes),
      normalizer: Uint8Array.of(1),
      vectors: Uint8Array.of(0),
    });
    const program = await buildChip({
      manifest: path.join(loamRoot, "test/chip/checking.manifest.json"),
      main: path.join(loamRoot, "test/chip/checking.xs.ts"),
    });
    const air = new Air({ seed: 1 });
    const server = new NetworkServer({ region: config.radio.region, collect: collectInAir(air) });
    server.addDevice(registrationOf(config.radio));
    attachGateway(air, server, "gateway", { x: 300, y: 0 });
    const run = await runChip(program, {
      resources: {
        "node.config.json": file("node.config.json", JSON.stringify(config)),
        package: file("package", bytes),
      },
      air: air.nodePort("node"),
      timeoutMs: 600_000,
    });
    t.is(run.exitCode, 0, run.stderr);
    const checked = run.lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find(({ event }) => event === "checked");
    t.log(JSON.stringify(checked));
    t.like(checked, { isAccepted: true, sent: true, acknowledged: true, transmissions: 1, faults: [] });
    t.is(checked!["duringCheck"], true, "the acknowledgement comes while it goes on");
    t.true(Number(checked!["steps"]) > modelBytes / 256);
    t.true(Number(checked!["longest"]) < mostOfStep);
    t.true(Number(checked!["last"]) < mostOfWrite);
    // What is due at a time, meanwhile.
    t.true(Number(checked!["late"]) < 2 * mostOfStep);
  },
);
