// Slow: whole nodes under XS with commands of their own processes, partly in real time
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { execa } from "execa";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";
import { needs, serialport } from "../helpers/needs.js";
import { keys, signed } from "../update/rig.js";

/** Long enough for commands that are begun meanwhile. */
const windows = 120;
const folder = path.join(buildRoot, "test", `serial-${process.pid}`);
const { recording, model } = writeSoilDay(
  folder,
  exampleNode(),
  quietDay(exampleNode(), windows, (window) => 31 - (window % 12)),
);
const at = (name: string): string => path.join(folder, name);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
const cli = path.join(loamRoot, "host-tools/bin/loam.js");
const loam = (...args: string[]) => execa("node", [cli, "script", ...args], { reject: false });

const description = {
  ...(JSON.parse(readFileSync(path.join(loamRoot, "node.config.json"), "utf8")) as object),
  updates: { publicKey: publicKeyOf(keys.privateKey) },
  serial: { transmit: 1, receive: 3 },
};
const { config } = checkConfig(description);
writeFileSync(at("node.json"), JSON.stringify(description));
writeFileSync(at("key.pem"), keys.privateKey.export({ format: "pem", type: "pkcs8" }));
const forNode = ["--node", at("node.json")];

async function packed(name: string, sequence: number, text: string): Promise<string> {
  mkdirSync(at(name), { recursive: true });
  writeFileSync(path.join(at(name), "app.ts"), text);
  writeFileSync(
    at(`${name}.lpk`),
    await pack({ config, key: keys.privateKey, sequence, version: 3, name, script: at(name) }),
  );
  return at(`${name}.lpk`);
}
const logs = (text: string): string => `export default (api: any) => ({ onVerdict() { api.log("${text}"); } });`;

interface Day {
  port: number;
  events: SimulationEvent[];
  ended: Promise<number | null>;
}

/** A running `loam simulate --serial`. */
async function simulated(t: ExecutionContext, ...args: string[]): Promise<Day> {
  const child = spawn(
    "node",
    [cli, "simulate", "--json", "--recording", recording, "--model", model, "--serial", "0", ...forNode, ...args],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  t.teardown(() => child.kill());
  const events: SimulationEvent[] = [];
  let rest = "";
  child.stdout.on("data", (text: Buffer) => {
    const lines = (rest + text.toString()).split("\n");
    rest = lines.pop()!;
    for (const line of lines) events.push(JSON.parse(line) as SimulationEvent);
  });
  const ended = once(child, "close").then(([code]) => code as number | null);
  let said = "";
  const port = await new Promise<number>((resolve, reject) => {
    child.stderr.on("data", (text: Buffer) => {
      said += text.toString();
      const match = /127\.0\.0\.1:(\d+)/.exec(said);
      if (match) resolve(Number(match[1]));
    });
    void ended.then(() => reject(new Error(said)));
  });
  return { port, events, ended };
}

const statuses = (events: readonly SimulationEvent[]): string[] =>
  events.flatMap((event) => (event.event === "update" ? [`${event.subject} ${event.what}: ${event.reason}`] : []));
const windowsOf = (events: readonly SimulationEvent[]) =>
  events.flatMap((event) => (event.event === "window" ? [event] : []));

test("send, status and rollback over TCP to a node's UART: taken, on probation, confirmed; windows go on", async (t) => {
  t.timeout(600_000);
  const file = await packed("good", 5, logs("serial"));
  const day = await simulated(t);
  const to = ["--to", `127.0.0.1:${day.port}`, ...forNode, "--timeout", "400"];
  const sent = await loam("send", file, ...to);
  t.is(sent.exitCode, 0, sent.stderr);
  t.regex(sent.stdout, /^the node has it, and begins anew with it\nin force, on probation/);
  t.regex(sent.stderr, /in force, and confirmed/);
  const status = await loam("status", ...to);
  t.is(status.exitCode, 0, status.stderr);
  t.regex(status.stdout, /^node 70b3d57ed0000001, firmware \S+, profile [0-9a-f]{16}\n/);
  t.regex(status.stdout, /package 5 confirmed; newest 5\nscript: package 5, version 3\nmodel: the firmware's own/);
  // As over LoRaWAN: all values, by their names.
  const shown = status.stdout.slice(status.stdout.indexOf("settings in force:"));
  t.deepEqual(shown.split("\n").slice(1, 3), [
    `  threshold ${config.policy.threshold}`,
    `  everySeconds ${config.window.everySeconds}`,
  ]);
  for (const { name } of config.sensors) t.regex(shown, new RegExp(`^  offsets\\.${name} 0 `, "m"));
  for (const name of config.classes) t.true(shown.includes(`\n  classes.${name} ${name}`));
  t.notRegex(shown, /differs|not reported/);
  const json = JSON.parse((await loam("status", "--json", ...to)).stdout) as object;
  t.like(json, { script: { sequence: 5, version: 3 }, newest: 5, event: "confirmed", isOnProbation: false });
  const back = await loam("rollback", "--key", at("key.pem"), "--sequence", "9", ...to);
  t.is(back.exitCode, 0, back.stderr);
  // Sent again: it was in force already, and is refused before a byte of it goes over.
  const again = await loam("send", file, ...to);
  t.is(again.exitCode, 1);
  t.regex(again.stderr, /package 9 is newer, and was in force on the node/);
  t.is(await day.ended, 0);
  t.deepEqual(statuses(day.events), ["5 accepted: none", "5 confirmed: none", "9 accepted: none", "9 confirmed: none"]);
  t.true(day.events.some((event) => event.event === "log" && event.text === "serial"));
  const made = windowsOf(day.events);
  t.is(made.length, windows);
  t.true(made.every(({ isFit }) => isFit));
  // A restart moves the windows against those of the recording: samples from before one are surplus, and as many are missing at its end. None is lost.
  const balance = new Map<string, number>();
  for (const event of day.events)
    if (event.event === "fault") {
      const { kind, sensor, count } = event as { kind: string; sensor: string; count: number };
      t.true(kind === "missing" || kind === "surplus", kind);
      balance.set(sensor, (balance.get(sensor) ?? 0) + (kind === "missing" ? count : -count));
    }
  t.deepEqual([...balance.values()].filter(Boolean), []);
});

test("refused: the code and its text, exit code 1, and nothing has changed; another node is not sent anything", async (t) => {
  t.timeout(600_000);
  const bytes = readFileSync(await packed("refused", 5, logs("never")));
  const day = await simulated(t);
  const to = ["--to", `127.0.0.1:${day.port}`, "--timeout", "400"];
  // The node's own check: the host's is got around by a description of the host's with another key.
  const other = { ...description, updates: { publicKey: "00".repeat(32) } };
  writeFileSync(at("other.json"), JSON.stringify(other));
  const damaged = Buffer.from(bytes);
  damaged[70]! ^= 1;
  writeFileSync(at("damaged.lpk"), damaged);
  const refused = await loam("send", at("damaged.lpk"), "--node", at("node.json"), ...to);
  t.regex(refused.stderr, /not signed by the node's key, or damaged/);
  const wrong = await loam("status", "--node", at("other.json"), ...to);
  t.is(wrong.exitCode, 0);
  const elsewhere = await loam("send", at("refused.lpk"), "--device", "0011223344556677", ...forNode, ...to);
  t.is(elsewhere.exitCode, 1);
  t.regex(elsewhere.stderr, /node 70b3d57ed0000001 is at the other end, not 0011223344556677/);
  // What only the node can see: three times the same sequence.
  const bad = await packed("bad", 6, `export default () => { throw new Error("no"); };`);
  const back = await loam("send", bad, ...forNode, ...to);
  t.is(back.exitCode, 1);
  t.regex(back.stderr, /the package did not come into force: taken back: script failed/);
  t.is(await day.ended, 0);
  t.deepEqual(statuses(day.events), ["6 accepted: none", "6 taken back: script failed"]);
  t.is(signed(bytes).length, bytes.length + 64);
});

/** A relay between host and node that does harm. */
async function relay(
  t: ExecutionContext,
  to: number,
  through: (data: Buffer, end: () => void, isFromHost: boolean) => Buffer,
): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((host) => {
    const node = connect(to, "127.0.0.1");
    sockets.push(host, node);
    const end = (): void => {
      host.destroy();
      node.destroy();
    };
    host.on("data", (data) => node.write(through(data, end, true)));
    node.on("data", (data) => host.write(through(data, end, false)));
    for (const socket of [host, node]) socket.on("error", end).on("close", end);
  });
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as { port: number }).port;
}

test("a cable pulled again and again, log text and damaged bytes on the line: it goes on, and comes whole", async (t) => {
  t.timeout(600_000);
  // Some 12 frames.
  const file = await packed("long", 7, `${logs("long")} export const filler = ${JSON.stringify("x".repeat(1100))};`);
  const day = await simulated(t);
  let passed = 0;
  let pulled = 0;
  let damaged = 0;
  const port = await relay(t, day.port, (data, end, isFromHost) => {
    passed += data.length;
    if (isFromHost && data.length > 100 && passed > 700 * (pulled + 1) && pulled < 3) {
      pulled++;
      setTimeout(end);
      return data.subarray(0, 50);
    }
    if (data.length > 50 && passed % 5 === 0 && damaged < 6) {
      damaged++;
      data[30]! ^= 4;
    }
    return isFromHost ? data : Buffer.concat([Buffer.from("I (312) main: log\r\n"), data]);
  });
  const sent = await loam("send", file, "--to", `127.0.0.1:${port}`, ...forNode, "--timeout", "400");
  t.is(sent.exitCode, 0, sent.stderr);
  t.is(pulled, 3);
  t.true(damaged > 0);
  t.is(await day.ended, 0);
  t.deepEqual(statuses(day.events), ["7 accepted: none", "7 confirmed: none"]);
});

const withSerialport = needs(serialport);

withSerialport("a serial port of this machine: the package serialport on a pseudo terminal", async (t) => {
  t.timeout(600_000);
  const file = await packed("port", 8, logs("port"));
  await execa("cc", ["-std=c99", "-o", at("pty"), path.join(loamRoot, "test/serial/pty.c")]);
  const day = await simulated(t);
  const pty = spawn(at("pty"), [String(day.port)], { stdio: ["ignore", "pipe", "inherit"] });
  t.teardown(() => pty.kill());
  const [name] = (await once(pty.stdout, "data")) as [Buffer];
  const place = name.toString().trim();
  const sent = await loam("send", file, "--to", `${place}@57600`, ...forNode, "--timeout", "400");
  t.is(sent.exitCode, 0, sent.stderr);
  t.regex(sent.stderr, /in force, and confirmed/);
  t.is(await day.ended, 0);
  t.deepEqual(statuses(day.events), ["8 accepted: none", "8 confirmed: none"]);
  const noPort = path.join(folder, "no-such-port");
  const none = await loam("status", "--to", noPort, ...forNode);
  t.is(none.exitCode, 1);
  t.regex(none.stderr, /no-such-port at 115200 baud cannot be opened: no such file or directory\n?$/);
});
