// Slow: runs the whole node
/** A package off the serial line takes the place of one that downlinks bring. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { encodePackageParts } from "../../device/codec/packagepart.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { listenForSerial } from "../../host-tools/simulate/serialPort.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";
import { keys } from "../update/rig.js";

/** The simulation is ended when the package is confirmed. */
const windows = 120;
/** By then the parts have come. */
const beginAfter = 8;
const folder = path.join(buildRoot, "test", `serialparts-${process.pid}`);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
const description = {
  ...(JSON.parse(readFileSync(path.join(loamRoot, "node.config.json"), "utf8")) as object),
  updates: { publicKey: publicKeyOf(keys.privateKey) },
  serial: { transmit: 1, receive: 3 },
};
const { config } = checkConfig(description);

test("parts that downlinks brought are said to be interrupted when the serial line brings a package, which is taken", async (t) => {
  t.timeout(900_000);
  const day = writeSoilDay(
    folder,
    exampleNode(),
    quietDay(exampleNode(), windows, (window) => 31 - (window % 12)),
  );
  const node = path.join(folder, "node.json");
  writeFileSync(node, JSON.stringify(description));
  const packed = async (sequence: number): Promise<Uint8Array> => {
    const script = path.join(folder, String(sequence));
    mkdirSync(script);
    writeFileSync(path.join(script, "app.ts"), `export default () => ({ onVerdict() {} });`);
    return pack({ config, key: keys.privateKey, sequence, version: 1, name: "parts", script });
  };
  const file = path.join(folder, "7.lpk");
  writeFileSync(file, await packed(7));
  const parts = encodePackageParts(await packed(5), 51).slice(0, 2);
  const serial = await listenForSerial(0);
  t.teardown(() => serial.close());
  const finished = new AbortController();
  const statuses: string[] = [];
  let count = 0;
  let sent: Promise<{ exitCode?: number; stderr: string }> | undefined;
  await simulate({
    ...{ ...day, config, serial, signal: finished.signal },
    downlinks: parts.map((payload) => ({ at: 0, port: 22, payload })),
    onEvent(event: SimulationEvent) {
      if (event.event === "update" && event.what !== "state")
        statuses.push(`${event.subject} ${event.what}: ${event.reason}`);
      if (event.event !== "window" || ++count !== beginAfter) return;
      const to = ["--node", node, "--to", `127.0.0.1:${serial.port}`, "--timeout", "300"];
      sent = execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), "script", "send", file, ...to], {
        reject: false,
      });
      void sent.then(() => finished.abort());
    },
  });
  const { exitCode, stderr } = await sent!;
  t.is(exitCode, 0, stderr);
  t.deepEqual(statuses, ["0 refused: interrupted", "7 accepted: none", "7 confirmed: none"]);
});
