// Slow: whole nodes under XS with commands of their own processes, partly in real time
/** The power of a node fails while a package comes over its serial line. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { hostManifest } from "../../host-tools/node/nodeFolder.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { listenForSerial, type SerialPort } from "../../host-tools/simulate/serialPort.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { buildHost, runHost, type RunResult } from "../../host-tools/xs/index.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";
import { logs } from "../script/day.js";
import { kinds } from "../../device/serial/messages.js";
import { keys } from "../update/rig.js";

const windows = 60;
const folder = path.join(buildRoot, "test", `serialreset-${process.pid}`);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
const { recording, model } = writeSoilDay(
  folder,
  exampleNode(),
  quietDay(exampleNode(), windows, () => 10),
);
const description = {
  ...(JSON.parse(readFileSync(path.join(loamRoot, "node.config.json"), "utf8")) as object),
  updates: { publicKey: publicKeyOf(keys.privateKey) },
  serial: { transmit: 1, receive: 3 },
};
const { config } = checkConfig(description);

/** Writes and erases of flash from the begin of the transfer on: the package is some 14 of them. */
const cuts = process.env["LOAM_DAY"] ? Array.from({ length: 20 }, (_, n) => n + 1) : [2, 7, 13];

/** Kinds of the requests that the host sends: each comes in a message of its own, after its length. */
function requestsOf(serial: SerialPort): number[] {
  const requests: number[] = [];
  const attach = serial.attach.bind(serial);
  serial.attach = (stream) => {
    const { write } = stream;
    stream.write = ((message: Uint8Array) => {
      if (message.length > 4 && message[1] === 0) requests.push(message[3]!);
      return (write as (message: Uint8Array) => boolean).call(stream, message);
    }) as typeof stream.write;
    attach(stream);
  };
  return requests;
}

function withResolvers(): { promise: Promise<void>; resolve(): void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

test("the node is reset in the middle of a transfer: the command goes on, and the package comes whole", async (t) => {
  t.timeout(process.env["LOAM_DAY"] ? 3_600_000 : 290_000);
  writeFileSync(path.join(folder, "node.json"), JSON.stringify(description));
  const script = path.join(folder, "long");
  mkdirSync(script);
  writeFileSync(
    path.join(script, "app.ts"),
    `export default (api: any) => ({ onVerdict() { api.log("long"); } }); export const filler = ${JSON.stringify("x".repeat(1100))};`,
  );
  const file = path.join(folder, "long.lpk");
  writeFileSync(file, await pack({ config, key: keys.privateKey, sequence: 7, version: 3, name: "long", script }));
  const program = await buildHost({ manifest: hostManifest() });
  /** When the first uplink was sent, so much of flash was written; then the command begins. */
  const begin = new AbortController();
  let before = 0;
  await simulate({
    ...{ recording, config, model, signal: begin.signal },
    onEvent: ({ event }) => event === "uplink" && begin.abort(),
    run: async (given) => {
      const result = await runHost(program, given);
      before = result.flashAccesses!;
      return result;
    },
  });
  let during = 0;
  for (const cut of cuts) {
    const serial = await listenForSerial(0);
    const requests = requestsOf(serial);
    const finished = new AbortController();
    const isBegun = withResolvers();
    const events: SimulationEvent[] = [];
    let result: RunResult | undefined;
    const day = simulate({
      ...{ recording, config, model, serial, signal: finished.signal },
      onEvent(event) {
        events.push(event);
        if (event.event === "uplink") isBegun.resolve();
      },
      run: async (given) =>
        (result = await runHost(program, {
          ...given,
          powerCut: before + cut + 0.5,
          powerReturns: true,
          timeoutMs: 300_000,
        })),
    });
    await isBegun.promise;
    const sent = await execa(
      "node",
      [path.join(loamRoot, "host-tools/bin/loam.js"), "script", "send", file].concat(
        ...["--node", path.join(folder, "node.json"), "--to", `127.0.0.1:${serial.port}`, "--timeout", "120"],
      ),
      { reject: false },
    );
    finished.abort();
    await day;
    serial.close();
    const what = `power cut within write ${cut}: ${sent.stderr}`;
    t.is(sent.exitCode, 0, what);
    t.is(result!.power!.powerCuts, 1, what);
    const statuses = events.flatMap((event) =>
      event.event === "update" ? [`${event.subject} ${event.what}: ${event.reason}`] : [],
    );
    t.deepEqual(
      // Of what had come before the cut the node says that it was interrupted.
      statuses.filter((status) => !status.includes("state") && status !== "0 refused: interrupted"),
      ["7 accepted: none", "7 confirmed: none"],
      what,
    );
    if (process.env["LOAM_DAY"]) t.log(cut, requests.join(""), sent.stderr.replaceAll(/[\r\n]+/g, " | ").slice(-500));
    // The node knows nothing of the transfer any more: it is begun again.
    if (requests.filter((kind) => kind === kinds.begin).length > 1) during++;
    t.true(logs(events).every((text) => text === "long"));
  }
  // Where a cut falls depends on how fast the command begins: not asserted.
  t.log(`${during} of ${cuts.length} within a transfer`);
});
