import { readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { encodeUtf8 } from "../../device/codec/utf8.js";
import { blockMic } from "../../device/fragments/mic.js";
import { mostMissing } from "../../device/fragments/store.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { fragmentOf } from "../../host-tools/script/encode.js";
import { NorFlash } from "../flash/norflash.js";
import { everyCut, flashOf, generator } from "../flash/powercuts.js";
import { nodeCrypto } from "../lorawan/nodecrypto.js";
import { blocks, config, makePackage, open } from "../update/rig.js";
import { key, Receiver, setupFor } from "./rig.js";

/** Two blocks for the package, two for what is behind it: slots of four. */
const partition = 4 + 4 * 4;

const packageOf = (bytes: number, sequence = 5): Uint8Array => {
  const random = generator(bytes);
  const text = Array.from({ length: bytes }, () => String.fromCharCode(97 + Math.floor(26 * random()))).join("");
  return makePackage(config, sequence, { script: encodeUtf8(text) });
};

test("the MIC is the CMAC of B0 and the block, for every length modulo 16", (t) => {
  for (let length = 1; length <= 50; length++) {
    const block = Uint8Array.from({ length }, (_, i) => 7 * i + length);
    const session = { counter: 0x1234, index: 2, descriptor: Uint8Array.of(1, 2, 3, 4) };
    const b0 = Buffer.from(`49341202010203040000000000000000`, "hex");
    b0.writeUInt32LE(length, 12);
    const expected = new Uint8Array(16);
    nodeCrypto.cmac(key, Buffer.concat([b0, block]), 16 + length, expected);
    const read = (offset: number, count: number) => block.subarray(offset, offset + count);
    t.deepEqual(blockMic(key, session, length, read, nodeCrypto.encryptBlock), expected.slice(0, 4), `${length} bytes`);
  }
});

for (const loss of [0, 0.1, 0.2, 0.3])
  test(`${100 * loss} % lost, reordered, doubled, of other sessions, with a new program every few fragments: complete`, (t) => {
    for (const [size, bytes] of [
      [48, 400],
      [48, 4000],
      [112, 4000],
      [216, 4000],
    ] as const) {
      const block = packageOf(bytes);
      const setup = setupFor(block, size);
      const random = generator(size + bytes + 100 * loss);
      const flash = new NorFlash(partition);
      let node = new Receiver(flash);
      t.deepEqual(node.ask({ command: "setup", setup }), { command: "setup", index: 0, refusals: 0 });
      node.answers.length = 0;
      const erases = flash.erasedBlocks;
      let sent = 0;
      let number = 0;
      let isComplete = false;
      while (!isComplete) {
        // Some at a time, in any order.
        const batch = Array.from({ length: 8 }, () => ++number).sort(() => random() - 0.5);
        for (const each of batch) {
          sent++;
          if (random() < loss) continue;
          node.fragment(block, size, each);
          if (random() < 0.2) node.fragment(block, size, each);
          if (random() < 0.2) node.fragment(packageOf(bytes, 6), size, each, 1);
          if (random() < 0.1)
            node.receive({ command: "fragment", index: 0, number: each, data: new Uint8Array(size - 1) });
        }
        isComplete = node.answers.some((answer) => answer.command === "received");
        t.true(sent < 3 * setup.count + 40, `${sent} of ${setup.count}`);
        if (!isComplete && random() < 0.5) node = new Receiver(flash);
      }
      t.deepEqual(node.answers, [{ command: "received", index: 0, isMicWrong: false }]);
      t.is(node.rig.changes, 1);
      t.is(flash.erasedBlocks, erases, "nothing is erased while fragments come");
      const { script } = open(flash);
      t.is(script?.length, bytes);
      if (loss === 0) t.true(sent <= setup.count + 8);
      t.log(`${bytes} bytes as ${setup.count} fragments of ${size}: ${sent} sent, ${flash.writes} writes of flash`);
    }
  });

test("power fails at any write while the last fragments come: the session goes on, and ends with the package", (t) => {
  const block = packageOf(300);
  const size = 48;
  const setup = setupFor(block, size);
  const flash = new NorFlash(partition);
  const first = new Receiver(flash);
  first.receive({ command: "setup", setup });
  for (const number of [1, 3, 4, 6]) first.fragment(block, size, number);
  const left = setup.count - 4;
  let cuts = 0;
  /** Coded ones in the place of those that are missing, and one that comes in its place late. */
  const rest = (now: NorFlash): Receiver => {
    const node = new Receiver(now);
    for (let number = setup.count + 1; number <= setup.count + left - 1; number++) node.fragment(block, size, number);
    node.fragment(block, size, 2);
    for (let number = setup.count + left; number <= setup.count + left + 6; number++)
      node.fragment(block, size, number);
    return node;
  };
  t.true(open(flashOf(flash.bytes)).updates.expected === block.length);
  for (const { image, where } of everyCut(flash.bytes, (now) => void rest(now))) {
    cuts++;
    const after = flashOf(image);
    const node = new Receiver(after);
    const isOver = node.rig.script !== undefined || node.rig.changes === 1;
    if (!isOver) {
      const { missing } = node;
      t.true(missing !== undefined && missing <= left, `${where}: ${missing} missing`);
      rest(after);
    }
    t.is(open(after).script?.length, 300, where);
  }
  t.log(`${cuts} power cuts`);
  t.true(cuts > 500);
});

test("power fails at any write of the session's setup: there is none, or it is there and empty", (t) => {
  const block = packageOf(300);
  const old = packageOf(300, 4);
  const setup = setupFor(block, 48, { counter: 2 });
  // An earlier session, not complete, in the same slot.
  const flash = new NorFlash(partition);
  const before = new Receiver(flash);
  before.receive({ command: "setup", setup: setupFor(old, 48) });
  for (const number of [1, 2, 3]) before.fragment(old, 48, number);
  const seen = new Set<number | undefined>();
  for (const { image, where } of everyCut(flash.bytes, (now) =>
    new Receiver(now).receive({ command: "setup", setup }),
  )) {
    const after = flashOf(image);
    let node = new Receiver(after);
    const { missing } = node;
    t.true(missing === undefined || missing === setup.count || missing === setup.count - 3, `${where}: ${missing}`);
    seen.add(missing);
    // The counter of the setup may be used: the next one is higher.
    node.receive({ command: "setup", setup: setupFor(block, 48, { counter: 3 }) });
    for (let number = 1; number <= setup.count; number++) node.fragment(block, 48, number);
    node = new Receiver(after);
    t.is(node.rig.script?.length, 300, where);
  }
  t.is(seen.size, 3);
});

test("a session is refused with the standard's reasons, and the one that is on goes on", (t) => {
  const block = packageOf(300);
  const good = setupFor(block, 48, { counter: 7 });
  const node = new Receiver(new NorFlash(partition));
  t.deepEqual(node.ask({ command: "setup", setup: good }), { command: "setup", index: 0, refusals: 0 });
  node.fragment(block, 48, 1);
  for (const [changes, refusals] of [
    [{ algorithm: 1 }, 1],
    [{ count: 9999 }, 2],
    [{ size: 0 }, 2],
    [{ padding: 48 }, 2],
    [{ index: 2 }, 4],
    [{ descriptor: Uint8Array.of(1, 2, 3, 4) }, 8],
    [{ counter: 7 }, 16],
    [{ counter: 6, algorithm: 3, index: 1 }, 21],
  ] as const) {
    // The very same request is repeated when its answer is lost.
    const setup = { ...good, counter: 8, mic: Uint8Array.of(9, 9, 9, 9), ...changes };
    t.deepEqual(node.ask({ command: "setup", setup }), { command: "setup", index: setup.index, refusals });
  }
  t.deepEqual(node.ask({ command: "setup", setup: good }), { command: "setup", index: 0, refusals: 0 });
  t.is(node.missing, good.count - 1);
});

test("what is missing is said, and a session that is deleted, or of which there is none", (t) => {
  const block = packageOf(400);
  const node = new Receiver(new NorFlash(partition));
  const status = { command: "status", index: 0, isForAll: false } as const;
  t.deepEqual(node.ask({ command: "version" }), { command: "version", identifier: 3, version: 2 });
  t.deepEqual(node.ask(status), { command: "status", exists: false });
  const setup = setupFor(block, 48);
  node.receive({ command: "setup", setup });
  for (const number of [2, 5, 5]) node.fragment(block, 48, number);
  t.deepEqual(node.ask(status), {
    command: "status",
    exists: true,
    index: 0,
    received: 3,
    missing: setup.count - 2,
    isMicWrong: false,
    isMemoryExceeded: false,
  });
  t.deepEqual(node.ask({ ...status, index: 1 }), { command: "status", exists: false });
  t.deepEqual(node.ask({ command: "delete", index: 0 }), { command: "delete", index: 0, exists: true });
  t.deepEqual(node.ask({ command: "delete", index: 0 }), { command: "delete", index: 0, exists: false });
  t.deepEqual(node.ask(status), { command: "status", exists: false });
});

test("a block with a wrong MIC is not taken, and said", (t) => {
  const block = packageOf(200);
  const node = new Receiver(new NorFlash(partition));
  const setup = setupFor(block, 48, { mic: Uint8Array.of(1, 2, 3, 4) });
  node.receive({ command: "setup", setup });
  for (let number = 1; number <= setup.count; number++) node.fragment(block, 48, number);
  t.deepEqual(node.answers.slice(1), [{ command: "received", index: 0, isMicWrong: true }]);
  t.is(node.rig.changes, 0);
  const answer = node.ask({ command: "status", index: 0, isForAll: true });
  t.like(answer, { missing: 0, isMicWrong: true });
});

test("a package that comes in another way ends the session", (t) => {
  const block = packageOf(300);
  const flash = new NorFlash(partition);
  const node = new Receiver(flash);
  node.receive({ command: "setup", setup: setupFor(block, 48) });
  for (const number of [1, 2, 3]) node.fragment(block, 48, number);
  t.true(node.rig.updates.begin(block.length));
  t.is(node.missing, undefined);
  node.fragment(block, 48, 4);
  t.is(new Receiver(flash).missing, undefined);
});

test("the node is reset while a block that is whole is checked: it goes on by itself; after a crash it says that it does not", (t) => {
  const block = packageOf(300);
  const setup = setupFor(block, 48);
  const outcomes = new Map<string, number>();
  for (const then of ["check", "interrupt"] as const) {
    const flash = new NorFlash(partition);
    const first = new Receiver(flash);
    first.receive({ command: "setup", setup });
    for (let number = 1; number < setup.count; number++) first.fragment(block, 48, number);
    // Within its last write, and what comes after it.
    for (const { image, where } of everyCut(flash.bytes, (now) => {
      new Receiver(now).fragment(block, 48, setup.count);
    })) {
      const after = flashOf(image);
      const node = new Receiver(after, then);
      if (node.rig.script !== undefined) continue;
      node.windowHandled(0);
      const outcome = node.missing === undefined ? node.rig.said : "goes on";
      outcomes.set(`${then}: ${outcome}`, (outcomes.get(`${then}: ${outcome}`) ?? 0) + 1);
      if (outcome === "nothing") t.is(open(after).script?.length, 300, where);
      if (outcome.startsWith("refused")) t.is(node.rig.news.at(-1)!.subject, 5, where);
    }
  }
  t.log(...outcomes);
  t.deepEqual([...outcomes.keys()].sort(), [
    "check: goes on",
    "check: nothing",
    "interrupt: goes on",
    "interrupt: refused: interrupted",
  ]);
});

test("the node fetches while fragments come, and stops when none do", (t) => {
  const block = packageOf(300);
  const flash = new NorFlash(partition);
  const node = new Receiver(flash);
  t.false(node.reception.wantsUplink);
  node.receive({ command: "setup", setup: setupFor(block, 48) });
  let fetches = 0;
  const fetchAll = () => {
    for (; node.reception.wantsUplink; fetches++) node.reception.fetched();
    return fetches;
  };
  t.is(fetchAll(), 6);
  node.fragment(block, 48, 3);
  t.is(fetchAll(), 12);
  t.false(new Receiver(flash).reception.wantsUplink, "a reset: the next payload brings an answer");
  for (let number = 1; number <= 10; number++) node.fragment(block, 48, number);
  t.false(node.reception.wantsUplink);
});

test("a session goes on without payloads: the node fetches once more at windows' ends, ever more seldom, until a fragment comes", (t) => {
  const block = packageOf(300);
  const node = new Receiver(new NorFlash(partition));
  node.reception.windowHandled(0);
  t.false(node.reception.wantsUplink, "no session");
  node.receive({ command: "setup", setup: setupFor(block, 48) });
  /** Windows, of a quarter of an hour, at whose ends it fetches; each time once. */
  const fetchesOf = (from: number, windows: number): number[] => {
    const fetchAll = (): number => {
      let fetches = 0;
      for (; node.reception.wantsUplink; fetches++) node.reception.fetched();
      return fetches;
    };
    fetchAll();
    return Array.from({ length: windows }, (_, i) => from + i).filter((window) => {
      node.reception.windowHandled(900 * window);
      return fetchAll() === 1;
    });
  };
  t.deepEqual(fetchesOf(1, 100), [1, 2, 4, 8, 16, 32, 56, 80]);
  node.fragment(block, 48, 1);
  t.deepEqual(fetchesOf(101, 10), [101, 102, 104, 108]);
  for (let number = 2; number <= 10; number++) node.fragment(block, 48, number);
  t.deepEqual(fetchesOf(201, 50), [], "complete");
});

test("more missing than the decoder has memory for: coded fragments wait for those in place", (t) => {
  const size = 4;
  const block = packageOf(3000);
  const setup = setupFor(block, size);
  const most = mostMissing(setup.count);
  t.true(most < setup.count / 5);
  const node = new Receiver(new NorFlash(partition));
  node.receive({ command: "setup", setup });
  for (let number = 1; number <= setup.count; number++) if (number % 5) node.fragment(block, size, number);
  for (let number = 1; number <= most + 8; number++)
    node.receive({
      command: "fragment",
      index: 0,
      number: setup.count + number,
      data: fragmentOf(block, size, setup.count + number),
    });
  const missing = Math.floor(setup.count / 5);
  t.is(node.missing, Math.min(255, missing));
  for (let number = 5; number <= setup.count; number += 5) {
    node.fragment(block, size, number);
    if (node.rig.changes > 0) {
      t.log(`complete with ${missing - number / 5} of ${missing} decoded at once`);
      t.is(missing - number / 5, most);
      return;
    }
  }
  t.fail();
});

test("as many fragments may be missing as docs/packages.md says", (t) => {
  const page = readFileSync(path.join(loamRoot, "docs/packages.md"), "utf8").replaceAll("\n", " ");
  const [all, of200, of850] = [86, 200, 850].map(mostMissing);
  t.is(all, 86);
  t.true(page.includes(`of 86 fragments all may be missing, of 200 ${of200}, of 850 ${of850}.`));
});

test("on a partition with room for the package alone a session is refused", (t) => {
  const node = new Receiver(new NorFlash(blocks));
  t.deepEqual(node.ask({ command: "setup", setup: setupFor(packageOf(300), 48) }), {
    command: "setup",
    index: 0,
    refusals: 2,
  });
});
