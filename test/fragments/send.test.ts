// Slow: a whole node under XS with commands of their own processes, in real time
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import test from "ava";
import { execa } from "execa";
import { Air } from "../../host-tools/air/index.js";
import { attachForwarder } from "../../host-tools/gateway/airgateway.js";
import { askGatewayOnce } from "../../host-tools/gateway/control.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import { dayStart } from "../device/helpers/day.js";
import { writeSoilModel } from "../device/helpers/soil.js";
import { keys } from "../update/rig.js";
import { gatewayDone, nodeOf, runFleet } from "./fleet.js";

const folder = path.join(buildRoot, "test", `send-${process.pid}`);
const at = (name: string): string => path.join(folder, name);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(folder, { recursive: true });
const cli = path.join(loamRoot, "host-tools/bin/loam.js");
const loam = (...args: string[]) => execa("node", [cli, "script", ...args], { reject: false });

/** Simulated time, which passes only while a package is on its way: a day of it is shorter than the start of a process. */
class Clock {
  readonly #gateway: string;
  readonly #devEui: string;
  #sequence: number | undefined;
  #begun: (() => void)[] = [];
  #isOver = false;

  constructor(gateway: string, devEui: string) {
    this.#gateway = gateway;
    this.#devEui = devEui;
  }

  /** Once a node is in the air: without one the air would not wait for anything. */
  begin(air: Air): void {
    const look = async (): Promise<void> => {
      while ((await this.#isDelivered()) && !this.#isOver)
        await new Promise<void>((resolve) => this.#begun.push(resolve));
      if (!this.#isOver) air.at(air.now + 30e6, look);
    };
    air.at(0, look);
  }

  /** Until the command ends, which sends the package of this sequence. */
  async during(sequence: number, command: ReturnType<typeof loam>): Promise<Awaited<ReturnType<typeof loam>>> {
    // From its first output on: before, the node could be past its last window.
    await Promise.race([once(command.stdout, "data"), command]);
    this.#sequence = sequence;
    this.#go();
    return await command;
  }

  async #isDelivered(): Promise<boolean> {
    if (this.#sequence === undefined) return true;
    const reply = await askGatewayOnce(this.#gateway, { command: "status", devEui: this.#devEui });
    const delivery = "record" in reply ? reply.record.delivery : undefined;
    return delivery?.sequence === this.#sequence && ["confirmed", "failed"].includes(delivery.phase);
  }

  end(): void {
    this.#isOver = true;
    this.#go();
  }

  #go(): void {
    for (const resolve of this.#begun.splice(0)) resolve();
  }
}

const { config } = checkConfig({
  ...(JSON.parse(readFileSync(path.join(loamRoot, "node.config.json"), "utf8")) as object),
  updates: { publicKey: publicKeyOf(keys.privateKey) },
});

/** A running `loam gateway`. */
function gateway(t: { teardown(call: () => unknown): void }, description: string): Promise<number> {
  const child = spawn("node", [cli, "gateway", "--node", description, "--listen", "0", "--state", at("state.json")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => child.kill());
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve) => lines.once("line", (line) => resolve((JSON.parse(line) as { port: number }).port)));
}

test("loam script send, status and rollback, over loam gateway and its UDP protocol, to a whole node", async (t) => {
  t.timeout(240_000);
  const node = nodeOf(config, 1, { dataRate: 5, adr: false });
  writeFileSync(at("node.json"), JSON.stringify(node.config));
  writeFileSync(at("key.pem"), keys.privateKey.export({ format: "pem", type: "pkcs8" }));
  mkdirSync(at("app"));
  writeFileSync(path.join(at("app"), "app.ts"), `export default (api: any) => ({ onVerdict() { api.log("new"); } });`);
  const parts = { config: node.config, key: keys.privateKey, version: 3, name: "app" };
  writeFileSync(at("app.lpk"), await pack({ ...parts, sequence: 5, script: at("app") }));
  const port = await gateway(t, at("node.json"));
  const to = ["--node", at("node.json"), "--gateway", String(port)];

  const before = await loam("status", ...to);
  t.regex(
    before.stdout,
    /has reported nothing about its packages yet\nsettings: not reported, loam script status --refresh asks for them\nnothing is on its way/,
  );

  const finished = new AbortController();
  t.teardown(() => finished.abort());
  const air = new Air({ seed: 3 });
  const forwarder = await attachForwarder(air, {
    server: `127.0.0.1:${port}`,
    eui: "aa555a0000000101",
    epoch: dayStart,
    serverDone: () => gatewayDone(port, node.config.radio.devEui),
  });
  t.teardown(() => forwarder.close());
  const clock = new Clock(String(port), node.config.radio.devEui);
  t.teardown(() => clock.end());
  const running = runFleet([node], {
    air,
    folder,
    model: writeSoilModel(folder, config),
    windows: 96,
    // A report every third window.
    soil: (window) => (window % 3 === 0 ? 20 : 35),
    finish: finished.signal,
    tap(_, port) {
      clock.begin(air);
      return port;
    },
  });
  const sent = await clock.during(5, loam("send", at("app.lpk"), ...to));
  t.log(sent.stdout);
  t.is(sent.exitCode, 0, sent.stderr);
  t.regex(
    sent.stdout,
    /\d+ bytes: \d+ fragments of 48 bytes at DR0 of EU868, the slowest, as it has sent no uplink yet: some \d+ with a tenth lost\nairtime [\d.]+ s of the gateway/,
  );
  t.regex(
    sent.stderr,
    /^package +\d+ % package 5 "app": \d fragments? of \d+ bytes sent of some \d, about \d+ minutes? left(?:.*\n)*package .*in force, and confirmed/m,
  );
  const status = await loam("status", ...to, "--json");
  const record = JSON.parse(status.stdout) as { status: { script: object }; delivery: Record<string, unknown> };
  t.deepEqual(record.status.script, { sequence: 5, version: 3 });
  t.like(record.delivery, { phase: "confirmed", sequence: 5 });
  t.is(record.delivery["package"], undefined);

  const back = await clock.during(6, loam("rollback", "--key", at("key.pem"), "--sequence", "6", ...to));
  t.is(back.exitCode, 0, back.stderr);
  const after = await loam("status", ...to);
  t.regex(after.stdout, /script: the firmware's own/);
  t.regex(after.stdout, /package 6 "back": in force, confirmed/);

  writeFileSync(at("settings.lpk"), await pack({ ...parts, sequence: 7, settings: { threshold: 0.65 } }));
  const set = await clock.during(7, loam("send", at("settings.lpk"), ...to));
  t.is(set.exitCode, 0, set.stderr);
  // Reported before it is confirmed, with an uplink of its own.
  const settings = await loam("status", ...to);
  t.log(settings.stdout);
  t.regex(settings.stdout, /settings: package 7, version 3\nsettings in force, reported \S+Z:\n/);
  t.regex(settings.stdout, /\n {2}threshold 0\.65\n {2}everySeconds 900\n {2}limits\.seconds 0\.5\n/);
  t.notRegex(settings.stdout, /differs|not reported yet/);
  const asked = await loam("status", "--refresh", ...to);
  t.regex(asked.stdout, /asked for its settings: they come after its next uplink$/);

  const again = await clock.during(5, loam("send", at("app.lpk"), ...to));
  t.is(again.exitCode, 1);
  t.regex(again.stderr, /refused: older sequence/);
  finished.abort();
  clock.end();
  await running;
  t.true(node.journal.some(({ event, text }) => event === "log" && text === "new"));
});

test("what cannot be sent is refused before: no gateway, another node's package, a damaged one", async (t) => {
  const file = at("refused.lpk");
  writeFileSync(at("mine.json"), JSON.stringify(config));
  mkdirSync(at("refused"), { recursive: true });
  writeFileSync(path.join(at("refused"), "app.ts"), "export default () => ({});");
  const parts = { key: keys.privateKey, version: 3, name: "app", sequence: 5, script: at("refused") };
  writeFileSync(file, await pack({ ...parts, config }));
  const none = await loam("send", file, "--node", at("mine.json"), "--gateway", "9");
  t.is(none.exitCode, 1);
  t.regex(none.stderr, /no loam gateway at 127\.0\.0\.1:9 .*start it with loam gateway/);
  t.is(none.stdout, "");
  writeFileSync(
    at("network.lpk"),
    await pack({ ...parts, script: undefined, model: path.join(loamRoot, "device/model/model.tflite"), config }),
  );
  const network = await loam("send", at("network.lpk"), "--node", at("mine.json"), "--gateway", "9");
  t.regex(
    network.stdout,
    /^it brings a network, which loam cloud needs, too: \{ "model": .*, "sequence": 5 \} in networks/,
  );
  const bytes = readFileSync(file);
  bytes[70]! ^= 1;
  writeFileSync(at("damaged.lpk"), bytes);
  const damaged = await loam("send", at("damaged.lpk"), "--node", at("mine.json"));
  t.is(damaged.exitCode, 1);
  t.regex(damaged.stderr, /not signed by the node's key, or damaged/);
  const other = { ...config, app: {}, classes: config.classes.toReversed() };
  writeFileSync(at("other.json"), JSON.stringify(other));
  const foreign = await loam("send", file, "--node", at("other.json"));
  t.regex(foreign.stderr, /is for another node/);
  const keyless = await loam("send", file);
  t.is(keyless.exitCode, 1);
  t.regex(keyless.stderr, /no updates\.publicKey: the node refuses every package/);
});
