// Slow: a process for each case
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { readArrayFile } from "tfjs-to-tflite/graph/arrayFile.js";
import { readNode } from "../../host-tools/node/nodeFile.js";
import { example, withValues } from "./descriptions.js";

const folder = path.join(buildRoot, "test", `node-${process.pid}`);
mkdirSync(folder, { recursive: true });

function written(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

const json = (value: unknown): string => JSON.stringify(value);
const check = (...args: string[]) =>
  execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), "check", ...args], { reject: false });

test("loam check: a valid description, as text and as JSON", async (t) => {
  const file = written("good.json", json(withValues({ "actuators.0.pin": 2 })));
  const { stdout, exitCode } = await check(file);
  t.is(exitCode, 0);
  t.regex(stdout, /^node +irrigation, on an ESP32$/m);
  t.regex(stdout, /^actuators +valve \(GPIO2\), pump/m);
  t.regex(stdout, /^warning: actuators\[0\]\.pin: 2: GPIO2/m);
  t.regex(stdout, /^note: radio\.board\.pins\.clock: 5: GPIO5/m);
  const { stdout: figures } = await check(file, "--json");
  t.like(JSON.parse(figures), { node: "irrigation", chip: "ESP32", radio: { region: "EU868", chip: "sx1262" } });
  t.is((JSON.parse(figures) as { warnings: string[] }).warnings.length, 1);
});

test("loam check says the board", async (t) => {
  const bare = { "radio.board": undefined, actuators: [], "app.rules": {} };
  const wired = Object.fromEntries([0, 1, 2, 3].map((index) => [`sensors.${index}.hardware`, undefined]));
  const file = written("board.json", json(withValues({ board: "heltec-v3", ...bare, ...wired })));
  const { stdout, exitCode } = await check(file);
  t.is(exitCode, 0);
  t.regex(stdout, /^node +irrigation, on an ESP32-S3\nboard +heltec-v3: Heltec WiFi LoRa 32 V3$/m);
  t.regex(stdout, /^radio +sx1262, EU868$/m);
  const { stdout: figures } = await check(file, "--json");
  t.like(JSON.parse(figures), { board: { name: "heltec-v3", title: "Heltec WiFi LoRa 32 V3" }, chip: "ESP32-S3" });
});

test("loam check: all mistakes on stderr, exit code 1", async (t) => {
  const file = written("bad.json", json(withValues({ "policy.treshold": 0.7, "actuators.0.pin": 9 })));
  const { stdout, stderr, exitCode } = await check(file);
  t.is(exitCode, 1);
  t.is(stdout, "");
  t.is(
    stderr,
    `loam: ${file}: 2 problems:
  policy.treshold: 0.7, but there is no such key; did you mean "threshold"? Known: threshold, decisionSeconds
  actuators[0].pin: 9, expected another pin: GPIO9 on an ESP32 is connected to the program flash`,
  );
});

test("a duplicate key is refused, with both lines, by loam check and by whatever else reads a description", async (t) => {
  const text = JSON.stringify(example(), null, 2).replace('"policy": {', '"policy": {\n    "threshold": 0.1,');
  const file = written("twice.json", text);
  const lines = text.split("\n").flatMap((line, index) => (line.includes('"threshold"') ? [index + 1] : []));
  t.is(lines.length, 2);
  const message = `${file}: policy.threshold: duplicate key, on lines ${lines[0]} and ${lines[1]}; expected only once`;
  const { stdout, stderr, exitCode } = await check(file);
  t.deepEqual([stdout, stderr, exitCode], ["", `loam: ${message}`, 1]);
  await t.throwsAsync(readNode(file), { name: "UserError", message });
});

test("a byte order mark is no error; UTF-16 is refused by name", async (t) => {
  const text = json(example());
  t.is((await readNode(written("bom.json", `\ufeff${text}`))).name, "irrigation");
  await t.throwsAsync(readNode(written("utf16.json", Buffer.from(`\ufeff${text}`, "utf16le"))), {
    name: "UserError",
    message: /utf16\.json is UTF-16; save it as UTF-8$/,
  });
  t.deepEqual([...(await readArrayFile(written("bom.csv", "\ufeff1,2\n3,4\n"))).data], [1, 2, 3, 4]);
  t.deepEqual([...(await readArrayFile(written("bomarray.json", "\ufeff[[1,2]]"))).data], [1, 2]);
});
