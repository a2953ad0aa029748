// Slow: a whole node under XS with a gateway that is killed, in real time
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { execa } from "execa";
import { Air } from "../../host-tools/air/index.js";
import { attachForwarder } from "../../host-tools/gateway/airgateway.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { openLibsql } from "../../host-tools/lib/libsql.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import type { DeliveryState } from "../../host-tools/script/delivery.js";
import { dayStart } from "../device/helpers/day.js";
import { writeSoilModel } from "../device/helpers/soil.js";
import { keys } from "../update/rig.js";
import { gatewayDone, nodeOf, runFleet } from "./fleet.js";

const folder = path.join(buildRoot, "test", `killedgateway-${process.pid}`);
const at = (name: string): string => path.join(folder, name);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(at("app"), { recursive: true });
const cli = path.join(loamRoot, "host-tools/bin/loam.js");

const { config } = checkConfig({
  ...(JSON.parse(readFileSync(path.join(loamRoot, "node.config.json"), "utf8")) as object),
  updates: { publicKey: publicKeyOf(keys.privateKey) },
  app: { limits: { bytes: 40960 } },
});

async function gateway(t: ExecutionContext, listen: number): Promise<{ child: ChildProcess; port: number }> {
  const args = ["gateway", "--node", at("node.json"), "--listen", String(listen), "--state", at("state.db")];
  const child = spawn("node", [cli, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  t.teardown(() => child.kill("SIGKILL"));
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  child.stdout.resume();
  return { child, port: (JSON.parse(line) as { port: number }).port };
}

/** As it is on disk: read from a copy, since the gateway keeps the file to itself. Its journal, where there is one, takes back what was half written. */
function delivery(): DeliveryState | undefined {
  try {
    for (const suffix of ["", "-journal"]) {
      rmSync(at(`copy.db${suffix}`), { force: true });
      if (existsSync(at(`state.db${suffix}`))) copyFileSync(at(`state.db${suffix}`), at(`copy.db${suffix}`));
    }
    const database = openLibsql(at("copy.db"));
    try {
      const values = database.prepare("select value from state where key glob 'record/*'").all() as { value: string }[];
      const [record] = values.map(({ value }) => JSON.parse(value) as { delivery?: DeliveryState });
      return record?.delivery;
    } finally {
      database.close();
    }
  } catch {
    // Copied while it was written: the next look reads it.
    return undefined;
  }
}

/** Real ms between two PULL_DATA of the forwarder, by which a gateway that has begun anew knows where to send: 5 s. */
const pullMs = 5500;

test("loam gateway killed twice in the middle of a delivery goes on where it was, and sends nothing again", async (t) => {
  t.timeout(240_000);
  const node = nodeOf(config, 1, { dataRate: 5, adr: false });
  writeFileSync(at("node.json"), JSON.stringify(node.config));
  // Some 20 fragments.
  const texts = [0, 1].map((part) =>
    Array.from({ length: 1900 }, (_, i) => ((i * i * 7919 + i + part) % 36).toString(36)).join(""),
  );
  writeFileSync(
    path.join(at("app"), "app.ts"),
    `const texts = ${JSON.stringify(texts)}; export default (api: any) => ({ onVerdict() { api.log(texts[0]!.length + texts[1]!.length); } });`,
  );
  const parts = { config: node.config, key: keys.privateKey, version: 3, name: "app", sequence: 5 };
  writeFileSync(at("app.lpk"), await pack({ ...parts, script: at("app") }));
  let running = await gateway(t, 0);
  const { port } = running;
  const send = (...more: string[]) =>
    execa(
      "node",
      [cli, "script", "send", at("app.lpk"), "--node", at("node.json"), "--gateway", String(port), ...more],
      {
        reject: false,
      },
    );
  const begun = await send("--detach");
  t.is(begun.exitCode, 0, begun.stderr);

  const air = new Air({ seed: 3 });
  const forwarder = await attachForwarder(air, {
    server: `127.0.0.1:${port}`,
    eui: "aa555a0000000101",
    epoch: dayStart,
    serverDone: () => gatewayDone(port, node.config.radio.devEui),
  });
  t.teardown(() => forwarder.close());
  const finished = new AbortController();
  t.teardown(() => finished.abort());
  const killed: DeliveryState[] = [];
  /** When so many fragments were sent; the air waits for the one that begins anew. */
  const limits = [4, 11];
  const look = async (): Promise<void> => {
    const state = delivery();
    if (state && state.sent >= (limits[0] ?? Infinity)) {
      limits.shift();
      running.child.kill("SIGKILL");
      await once(running.child, "close");
      killed.push(delivery()!);
      running = await gateway(t, port);
      await sleep(pullMs);
    }
    // Without a node the air would run away.
    if (!finished.signal.aborted) air.at(air.now + 1e6, look);
  };
  const day = runFleet([node], {
    air,
    folder,
    model: writeSoilModel(folder, config),
    windows: 96,
    finish: finished.signal,
    // Without a node the air would not wait for anything.
    tap(_, port) {
      air.at(0, look);
      return port;
    },
  });
  while (limits.length > 0) await sleep(200);
  // The same package is on its way: it goes on.
  const sent = await send();
  t.is(sent.exitCode, 0, sent.stderr);
  finished.abort();
  await day;
  t.is(killed.length, 2);
  t.deepEqual(
    killed.map(({ phase }) => phase),
    ["sending", "sending"],
  );
  const end = delivery()!;
  t.is(end.phase, "confirmed");
  const count = Math.ceil(readFileSync(at("app.lpk")).length / end.size);
  t.true(count > 15, `${count} fragments`);
  const complete = node.journal.filter((event) => event["event"] === "fragments" && event["what"] === "complete");
  const sessions = node.journal.filter((event) => event["event"] === "fragments" && event["what"] === "session");
  t.is(sessions.length, 1);
  // None is lost in this air: as many as there are, and at each kill at most one that was on its way.
  const received = Number(complete[0]!["received"]);
  t.log(
    `${count} fragments, ${received} received, ${end.sent} sent; killed after ${killed.map((each) => each.sent).join(" and ")}`,
  );
  t.true(received >= count && received <= count + killed.length, `${received} of ${count}`);
  t.true(end.sent <= count + 2 * killed.length + 2, `${end.sent} of ${count}`);
});
