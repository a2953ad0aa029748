import { registrationOf } from "../../host-tools/node/registration.js";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { encodeDecision, ports } from "../../device/codec/codec.js";
import { Air } from "../../host-tools/air/index.js";
import { readRecording } from "../../host-tools/features/csv.js";
import { attachGateway, collectInAir } from "../../host-tools/gateway/airgateway.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, exitCodes, runHost } from "../../host-tools/xs/index.js";
import { dayStart, exampleNode, quietDay } from "../device/helpers/day.js";
import { soilModel } from "../device/helpers/model.js";
import { sessionKeysIn, shows } from "./secrets.js";

/** Stack for app scripts larger than the example's: half of what the node with the example's was measured to use. */
const margin = 1.5;
const folder = path.join(buildRoot, "test", `stack-${process.pid}`);
const windows = 8;

interface Manifest {
  platforms: { esp32: { creation: { static: number; stack: number } } };
}
const { creation } = (JSON.parse(readFileSync(path.join(loamRoot, "device/manifest.json"), "utf8")) as Manifest)
  .platforms.esp32;

/** The firmware, but with a stack large enough for any depth. */
function roomyManifest(): string {
  const file = path.join(buildRoot, "test/stack/manifest.json");
  mkdirSync(path.dirname(file), { recursive: true });
  const root = path.relative(path.dirname(file), path.join(loamRoot, "manifest.json"));
  writeFileSync(
    file,
    JSON.stringify({
      include: [root],
      platforms: { esp32: { creation: { static: creation.static + 16 * (4096 - creation.stack), stack: 4096 } } },
    }),
  );
  return file;
}

test("the manifest's stack is at least 1.5 times what the whole node uses: join, windows, script, deferrals, confirmed uplinks, MAC commands, decisions", async (t) => {
  t.timeout(120000);
  mkdirSync(folder, { recursive: true });
  const config = exampleNode();
  const { model, normalizer } = soilModel(config);
  const recording = readRecording(
    "day.csv",
    Buffer.from(quietDay(config, windows, (window) => 29 - window)),
    config,
    false,
  );
  const files = {
    "replay.bin": recording.replay,
    "node.config.json": JSON.stringify(config),
    "model.tflite": model,
    "normalizer.bin": normalizer,
  };
  const resources: Record<string, string> = {};
  for (const [name, content] of Object.entries(files))
    writeFileSync((resources[name] = path.join(folder, name)), content);

  const program = await buildHost({ manifest: roomyManifest() });
  const air = new Air();
  const finished = new AbortController();
  const seen = { deferrals: 0, confirmed: 0, decisions: 0, payloads: 0, uplinks: 0 };
  const server = new NetworkServer({
    region: config.radio.region,
    collect: collectInAir(air),
    epoch: dayStart,
    onUplink({ devEui, port, payload, confirmed }) {
      if (confirmed) seen.confirmed++;
      if (port === ports.deferral) {
        seen.deferrals++;
        void server.sendDownlink(
          devEui,
          ports.decision,
          encodeDecision({ sequence: payload[1]! | (payload[2]! << 8), label: 1, confidence: 0.9 }),
          true,
        );
      }
      // More answers than FOpts holds: channels 3 to 15, RX parameters and timing, status, data rate and power.
      const channels = Array.from({ length: 13 }, (_, i) => `07${(i + 3).toString(16).padStart(2, "0")}184f8450`).join(
        "",
      );
      server.sendCommands(devEui, Buffer.from(`${channels}0502d2ad840801${"06".repeat(8)}0350ff0001`, "hex"));
    },
  });
  server.addDevice(registrationOf(config.radio));
  attachGateway(air, server, "gateway", { x: 500, y: 0 });
  air.at(windows * config.window.everySeconds * 1e6, () => {
    finished.abort();
    return new Promise<void>(() => {});
  });
  const run = await runHost(program, {
    resources,
    air: air.nodePort("node"),
    startTime: dayStart * 1000,
    finish: finished.signal,
    timeoutMs: 60000,
    onLine(line) {
      if (line.startsWith('{"event":"decision"')) seen.decisions++;
      if (line.startsWith('{"event":"sent"')) seen.payloads++;
      if (line.startsWith('{"event":"radio"') && line.includes('"uplink"')) seen.uplinks++;
    },
  });
  t.is(run.exitCode, exitCodes.requested, run.stderr);
  t.true(seen.deferrals > 0 && seen.confirmed > 0 && seen.decisions > 0, JSON.stringify(seen));
  t.true(seen.uplinks > seen.payloads, `frames of answers alone: ${JSON.stringify(seen)}`);
  const secrets = [config.radio.appKey!, ...sessionKeysIn(server.save())];
  t.true(secrets.length >= 3);
  t.false(shows(`${run.stdout}${run.stderr}`, secrets), "keys are in nothing that the node writes");
  const { peakStackSlots, peakSlots, peakChunkBytes } = run.heap!;
  t.log(
    `stack: ${peakStackSlots} of ${creation.stack} slots at most; heap of a chip with more of it: ${peakSlots} slots, ${peakChunkBytes} bytes of chunks`,
  );
  t.true(peakStackSlots > 200, "what is measured is the stack");
  t.true(
    peakStackSlots * margin <= creation.stack,
    `${peakStackSlots} slots were used: creation.stack of ${creation.stack} leaves less than half as much again`,
  );
});
