// Slow: runs a program some 300 times
import { generateKeyPairSync } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { refusals } from "../../device/codec/update.js";
import { signBytes } from "../../host-tools/script/keys.js";
import { exitCodes } from "../../host-tools/xs/index.js";
import { config, folder, keys, makeImage, packed, removeFolder, runNode } from "./rig.js";

test.after.always(removeFolder);

const image = makeImage("2.0.0", 9000);
const good = packed(image);
const began = (cause: string, slot: number, state: string, version: string) => ["begin", cause, slot, state, version];
const news = (event: string, reason = "none", subject = 5) => ["news", `firmware ${event}`, reason, subject];
const own = began("power", 0, "valid", "own");
const sent = [
  own,
  ["intended", false, 0],
  began("panic", 1, "pending", "2.0.0"),
  news("accepted"),
  ["intended", true, 0],
];

test("a firmware is taken, runs, and confirms itself after an acknowledged uplink and a window", async (t) => {
  const flash = path.join(folder, "good.bin");
  const { said, stderr } = await runNode("send,prove", good, { flash });
  t.deepEqual(said, [...sent, ["acknowledged", "pending"], news("confirmed"), ["handled", "valid"]], stderr);
  t.deepEqual((await runNode("look", good, { flash })).said, [
    began("power", 1, "valid", "2.0.0"),
    ["intended", false, 5],
  ]);
});

test("the signature of a large image is checked in steps of a few KB", async (t) => {
  const large = makeImage("2.0.0", 40_000);
  const { said, stderr } = await runNode("send,step", packed(large));
  const [, , [what, steps] = [], ...after] = said;
  t.deepEqual([what, after[0]], ["steps", began("panic", 1, "pending", "2.0.0")], stderr);
  t.true((steps as number) > large.length / 4096 && (steps as number) < large.length / 1024, String(steps));
  const spoilt = packed(large);
  spoilt[30_000]! ^= 1;
  const refused = await runNode("send,step", spoilt);
  t.deepEqual(refused.said.slice(3), [
    news("refused", "bad signature"),
    ["refused", refusals.indexOf("bad signature")],
  ]);
});

test("the end of a deep sleep goes on with it; any other start before it has confirmed itself is the old one's", async (t) => {
  const asleep = await runNode("send,sleep", good);
  t.deepEqual(asleep.said.slice(sent.length, sent.length + 2), [
    began("timer", 1, "pending", "2.0.0"),
    ["intended", false, 0],
  ]);
  for (const [kind, cause] of [
    ["kept", "reset"],
    ["power", "power"],
  ] as const) {
    const { said } = await runNode("send,wait", good, { resetsAt: [{ at: 1000, kind }] });
    t.deepEqual(said.slice(sent.length), [
      began(cause, 0, "valid", "own"),
      news("taken back", "failed starts"),
      ["intended", false, 5],
      ["end"],
    ]);
  }
});

test("a firmware that never confirms itself gives up after 24 hours, and does not come again", async (t) => {
  const flash = path.join(folder, "silent.bin");
  const { said } = await runNode("send,wait", good, { flash });
  t.deepEqual(said.slice(sent.length), [
    began("panic", 0, "valid", "own"),
    news("taken back", "no acknowledgement"),
    ["intended", true, 5],
    ["end"],
  ]);
  const again = await runNode("look,again", good, { flash });
  t.deepEqual(again.said, [own, ["intended", false, 5]]);
});

test("what is not for the node, is not signed by its key, or is no image is refused with its code, and nothing changes", async (t) => {
  const flipped = (at: number): Uint8Array => {
    const bytes = Uint8Array.from(good);
    bytes[at]! ^= 1;
    return bytes;
  };
  const unsound = Buffer.from(image);
  unsound[300]! ^= 1;
  const head = good.length - image.length - 64;
  const signedUnsound = Buffer.concat([good.subarray(0, head), unsound]);
  const cases: [Uint8Array, string, number][] = [
    [packed(image, 5, generateKeyPairSync("ed25519").privateKey), "bad signature", 5],
    [flipped(14), "bad signature", 5],
    [flipped(head + 5000), "bad signature", 5],
    [flipped(good.length - 1), "bad signature", 5],
    [packed(image, 5, keys.privateKey, { ...config, board: undefined }), "other board", 0],
    [packed(makeImage("2.0.0", 9000, 5), 5, keys.privateKey, { ...config, chip: "esp32c3" }), "other board", 0],
    [Buffer.concat([signedUnsound, signBytes(signedUnsound, keys.privateKey)]), "bad image", 5],
    [flipped(0), "malformed", 0],
    [flipped(2), "unknown format", 0],
    [flipped(4), "wrong length", 0],
    [flipped(head), "storage", 5],
    [good.subarray(0, -1), "wrong length", 0],
    [good.subarray(0, 100), "wrong length", 0],
    [good.subarray(0, 10), "wrong length", 0],
    [new Uint8Array(0), "wrong length", 0],
  ];
  for (const [bytes, reason, subject] of cases) {
    const { said } = await runNode("send", bytes);
    t.deepEqual(said[2], news("refused", reason, subject), reason);
    t.deepEqual(said[3], ["refused", refusals.indexOf(reason as never)], reason);
    t.is(said.length, 4);
  }
});

test("power fails during every write and erase: the old firmware or the new one, never neither", async (t) => {
  const whole = await runNode("send,prove", good);
  const accesses = whole.flashAccesses!;
  const outcomes = new Map<string, number>();
  for (let n = 1; n <= accesses; n++)
    for (const fraction of [0, 0.5]) {
      const flash = path.join(folder, "cut.bin");
      if (existsSync(flash)) rmSync(flash);
      const cut = await runNode("send,prove", good, { flash, powerCut: n + fraction });
      t.is(cut.exitCode, exitCodes.powerCut, `access ${n}`);
      const { said, exitCode, stderr } = await runNode("look", good, { flash });
      t.is(exitCode, 0, stderr);
      const [, , slot, state, version] = said[0]!;
      t.true(
        (slot === 0 && version === "own") || (slot === 1 && version === "2.0.0"),
        `access ${n}: ${JSON.stringify(said)}`,
      );
      const outcome = `${String(version)}, ${String(state)}${said[1]![0] === "news" ? `, ${String(said[1]![1])}` : ""}`;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      // The node goes on: it takes the firmware, or the next one.
      if (n % 5 > 0 || fraction > 0) continue;
      const next = await runNode("look", packed(image, 6), { flash });
      t.is(next.exitCode, 0);
    }
  t.log(`${2 * accesses} power cuts: ${[...outcomes].map(([what, count]) => `${count} ${what}`).join("; ")}`);
  t.true([...outcomes.keys()].some((outcome) => outcome.startsWith("own")));
  t.true([...outcomes.keys()].some((outcome) => outcome.startsWith("2.0.0")));
});
