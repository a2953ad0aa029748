// Slow: a whole node under XS takes a firmware over its serial line, in real time
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { checkConfig } from "../../host-tools/node/check.js";
import { firmwareSlotBytes } from "../../host-tools/node/partitions.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";
import { folder, keys, makeImage, packed, publicKey, removeFolder } from "./rig.js";

test.after.always(removeFolder);
const windows = 60;
const node = exampleNode();
const { recording, model } = writeSoilDay(
  folder,
  node,
  quietDay(node, windows, (window) => 31 - (window % 12)),
);
const at = (name: string): string => path.join(folder, name);
const cli = path.join(loamRoot, "host-tools/bin/loam.js");
const loam = (...args: string[]) => execa("node", [cli, "firmware", ...args], { reject: false });
const description = {
  ...(JSON.parse(readFileSync(path.join(loamRoot, "node.config.json"), "utf8")) as { radio: { devEui: string } }),
  updates: { publicKey },
  serial: { transmit: 1, receive: 3, baud: 2_000_000 },
};
writeFileSync(at("node.json"), JSON.stringify(description));
writeFileSync(at("key.pem"), keys.privateKey.export({ format: "pem", type: "pkcs8" }));
const forNode = ["--node", at("node.json")];

test.serial(
  "pack and inspect: an image of the node's chip, signed; one that is cut, damaged, of another chip or another node is refused",
  async (t) => {
    const image = makeImage("7.8.9", 20_000);
    writeFileSync(at("good.bin"), image);
    writeFileSync(at("cut.bin"), image.subarray(0, 15_000));
    const damaged = Buffer.from(image);
    damaged[10_000]! ^= 1;
    writeFileSync(at("damaged.bin"), damaged);
    writeFileSync(at("other.bin"), makeImage("7.8.9", 20_000, 9));
    writeFileSync(at("neighbour.bin"), makeImage("7.8.9", 20_000, 0, { devEui: "70b3d57ed0005555" }));
    const pack = (name: string) =>
      loam("pack", at(name), "--key", at("key.pem"), "--out", at("out.lfw"), "--sequence", "12", ...forNode);
    for (const [name, message] of [
      ["cut.bin", /ends at 15000, within segment 2 of 2/],
      ["damaged.bin", /is damaged: its checksum/],
      ["other.bin", /is for chip 9 of ESP-IDF, the node's esp32 is 0/],
      ["neighbour.bin", /was not built with this description: its devEui [0-9a-f]{16} is nowhere in it/],
      ["node.json", /is no image of an ESP32/],
    ] as const) {
      const { exitCode, stderr } = await pack(name);
      t.is(exitCode, 1);
      t.regex(stderr, message);
    }
    const packed = await pack("good.bin");
    t.is(packed.exitCode, 0, packed.stderr);
    t.is(packed.stderr, "");
    writeFileSync(at("keyless.json"), JSON.stringify({ ...description, updates: undefined }));
    const inputs = [at("good.bin"), "--key", at("key.pem"), "--out", at("keyless.lfw")];
    const { stderr } = await loam("pack", ...inputs, "--node", at("keyless.json"));
    t.regex(
      stderr,
      /^warning: the description has no updates\.publicKey: its nodes refuse .* never confirms itself\n?$/,
    );
    t.regex(packed.stdout, /version \d+\.\d+\.\d+, sequence 12: an image of [\d,]+ bytes/);
    const inspected = await loam("inspect", at("out.lfw"), "--json", ...forNode);
    t.like(JSON.parse(inspected.stdout) as object, { sequence: 12, chip: 0, isForNode: true, isSigned: true });
    const { radio, ...rest } = description;
    const neighbour = { ...rest, radio: { ...radio, devEui: "70b3d57ed0005555" } };
    writeFileSync(at("neighbour.json"), JSON.stringify(neighbour));
    const elsewhere = await loam("inspect", at("out.lfw"), "--node", at("neighbour.json"));
    t.is(elsewhere.exitCode, 1);
    t.regex(elsewhere.stdout, /^not for this node: another board, or built with another node's description$/m);
    for (const target of [
      ["--node", at("neighbour.json")],
      ["--device", "70b3d57ed0005555", ...forNode],
    ]) {
      const refused = await loam("send", at("out.lfw"), "--to", "127.0.0.1:1", ...target);
      t.is(refused.exitCode, 1);
      t.regex(refused.stderr, /was not built with the description of node 70b3d57ed0005555/);
    }
  },
);

/** Bytes; LOAM_SLOT=1 takes one that fills its slot, several minutes. */
const imageBytes = process.env["LOAM_SLOT"] ? firmwareSlotBytes() : 200_000;

test.serial(
  "send a firmware over TCP to a node's UART: it comes whole, runs, reports its version, confirms itself, and windows go on",
  async (t) => {
    t.timeout(1_800_000);
    const image = makeImage("7.8.9", imageBytes - makeImage("7.8.9", 0x1000).length + 0x1000);
    t.is(image.length, imageBytes);
    writeFileSync(at("sent.lfw"), packed(image, 12, keys.privateKey, checkConfig(description).config));
    const args = ["--recording", recording, "--model", model, "--serial", "0", "--state", at("state"), ...forNode];
    const child = spawn("node", [cli, "simulate", "--json", ...args], { stdio: ["ignore", "pipe", "pipe"] });
    t.teardown(() => child.kill());
    const ended = once(child, "close");
    let out = "";
    child.stdout.on("data", (text: Buffer) => (out += text.toString()));
    const port = await new Promise<string>((resolve) => {
      let said = "";
      child.stderr.on("data", (text: Buffer) => {
        const match = /127\.0\.0\.1:(\d+)/.exec((said += text.toString()));
        if (match) resolve(match[1]!);
      });
    });
    const sent = await loam("send", at("sent.lfw"), "--to", `127.0.0.1:${port}`, ...forNode);
    t.is(sent.exitCode, 0, sent.stderr);
    t.regex(sent.stdout, /^the node has it, and begins anew with it\nit runs, on probation/);
    t.regex(
      sent.stderr,
      /^firmware +10 %\s*\n(?:.*\n)*firmware +90 %\s*\n(?:.*\n)*firmware .*it runs, and has confirmed itself/m,
    );
    const status = await execa("node", [cli, "script", "status", "--to", `127.0.0.1:${port}`, ...forNode]);
    t.regex(status.stdout, /firmware 7\.8\.9,/);
    await ended;
    t.true(readFileSync(path.join(at("state"), "flash.bin")).includes(image), "it is in flash as it was sent");
    const events = out.split("\n").flatMap((line) => (line ? [JSON.parse(line) as SimulationEvent] : []));
    const said = events.flatMap((event) =>
      event.event === "uplink" && event.payload.kind === "update" && !event.duplicate
        ? [`${event.payload.subject} ${event.payload.event}`]
        : [],
    );
    t.deepEqual(said, ["12 firmware accepted", "12 firmware confirmed"]);
    const made = events.filter(({ event }) => event === "window");
    t.true(made.length >= windows - 1, `${made.length} windows`);
    // The restart was intended.
    t.false(events.some((event) => event.event === "fault" && event.kind === ("restarted" as never)));
  },
);
