import test from "ava";
import { crc32 } from "../../device/flash/crc32.js";
import { maxContent, type Frame } from "../../device/serial/frames.js";
import {
  answerBit,
  chunkBytes,
  decodeAnswer,
  decodeHello,
  decodeSettingsPart,
  encodeBegin,
  encodeData,
  encodeHello,
  kinds,
  settingsRoom,
  type Answer,
  type Hello,
} from "../../device/serial/messages.js";
import type { PayloadReceiver, Refused } from "../../device/serial/receiver.js";
import { SerialServer } from "../../device/serial/server.js";
import { encodeSettingsReport, splitSettingsReport, type SettingsReport } from "../../device/codec/settingsreport.js";
import { settingsInForce } from "../../device/update/inforce.js";
import { mergeSettings } from "../../host-tools/script/settingsView.js";
import { exampleNode } from "../device/helpers/day.js";
import { Random } from "../../host-tools/lib/random.js";

const own: Omit<Hello, "payload" | "bytes" | "check" | "received" | "payloads"> = {
  version: 1,
  devEui: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
  profile: Uint8Array.from([9, 8, 7, 6, 5, 4, 3, 2]),
  apiLevel: 1,
  languageLevel: 2,
  isOnProbation: true,
  isStaged: false,
  isSafeMode: true,
  isSampling: false,
  hasSettings: true,
  canRecord: true,
  newest: 0xfffffffe,
  script: { sequence: 5, version: 6 },
  model: { sequence: 0, version: 0 },
  settings: { sequence: 0x80000001, version: 0xffff },
  event: "taken back",
  reason: "no acknowledgement",
  subject: 7,
  firmware: "1.2.3",
};

/** Keeps what it is handed. */
class Keeper implements PayloadReceiver {
  readonly log: string[] = [];
  bytes: number[] = [];
  total = 0;
  steps = 0;
  answer: Refused | undefined;
  fails = false;
  waits = false;
  /** What comes after so many bytes. */
  refusesAt = -1;

  begin(bytes: number): Refused | undefined {
    this.log.push(`begin ${bytes}`);
    this.total = bytes;
    this.bytes = [];
    return bytes > 5000 ? { code: 9, detail: "too much" } : undefined;
  }

  prepare(): boolean {
    return this.steps-- > 0;
  }

  write(bytes: Uint8Array): Refused | undefined {
    if (this.fails) throw new Error("flash is gone");
    if (this.refusesAt === this.bytes.length) return { code: 5, detail: "not this" };
    this.bytes.push(...bytes);
    return undefined;
  }

  finish(): Refused | undefined {
    this.log.push("finish");
    return this.answer;
  }

  isTaken(): boolean {
    return this.waits;
  }

  cancel(): void {
    this.log.push("cancel");
  }
}

class Rig {
  readonly keeper = new Keeper();
  isFree = true;
  settings: Uint8Array[] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
  readonly server = new SerialServer({
    receivers: { 2: this.keeper },
    isFree: () => this.isFree,
    hello: () => own,
    settings: () => this.settings,
  });
  #number = 0;

  frame(kind: number, content: Uint8Array = new Uint8Array(0)): Frame | undefined {
    return this.server.answer({ kind, number: ++this.#number & 255, content });
  }

  ask(kind: keyof typeof kinds, content?: Uint8Array): Answer {
    const answer = this.frame(kinds[kind], content)!;
    if (answer.kind !== (kinds[kind] | answerBit) || answer.number !== (this.#number & 255))
      throw new Error("not its answer");
    return decodeAnswer(answer.content);
  }

  begin(bytes: Uint8Array, payload = 2): Answer {
    return this.ask("begin", encodeBegin({ payload, bytes: bytes.length, check: crc32(bytes) }));
  }

  data(bytes: Uint8Array, at: number): Answer {
    return this.ask("data", encodeData(at, bytes.subarray(at, at + chunkBytes)));
  }
}

const bytesOf = (count: number): Uint8Array => Uint8Array.from(new Random("payload").bytes(count));

test("a payload comes in pieces, each handed over once and in order, whatever is asked again", (t) => {
  const rig = new Rig();
  const bytes = bytesOf(1000);
  rig.keeper.steps = 2;
  t.deepEqual(
    [rig.begin(bytes), rig.begin(bytes), rig.begin(bytes)].map(({ outcome }) => outcome),
    ["wait", "wait", "ok"],
  );
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const next = Math.min(bytes.length, at + chunkBytes);
    t.like(rig.data(bytes, at), { outcome: "ok", received: next });
    // Its answer was lost; and one that was sent before comes late.
    t.like(rig.data(bytes, at), { outcome: "ok", received: next });
    t.like(rig.data(bytes, 0), { outcome: "ok", received: next });
    // One was lost.
    if (next + 7 < bytes.length) t.like(rig.data(bytes, next + 7), { outcome: "ok", received: next });
  }
  t.deepEqual(Uint8Array.from(rig.keeper.bytes), bytes);
  t.is(rig.ask("finish").outcome, "ok");
  t.is(rig.ask("finish").outcome, "ok", "its answer was lost");
  t.deepEqual(rig.keeper.log, ["begin 1000", "finish"]);
  t.false(rig.server.isReceiving);
});

test("the same payload goes on where it was; another one takes its place", (t) => {
  const rig = new Rig();
  const bytes = bytesOf(500);
  rig.begin(bytes);
  rig.data(bytes, 0);
  t.like(rig.begin(bytes), { outcome: "ok", received: chunkBytes });
  t.like(decodeHello(rig.server.greeting().content), {
    payload: 2,
    payloads: 4,
    bytes: 500,
    check: crc32(bytes),
    received: chunkBytes,
  });
  t.is(rig.ask("finish").outcome, "none", "not all of it has come");
  const other = bytesOf(499);
  t.like(rig.begin(other), { outcome: "ok", received: 0 });
  t.deepEqual(rig.keeper.log, ["begin 500", "cancel", "begin 499"]);
  t.is(rig.ask("cancel").outcome, "ok");
  t.is(rig.ask("data", encodeData(0, other.subarray(0, 9))).outcome, "none");
  t.is(rig.ask("finish").outcome, "none");
});

test("what was taken and waits for the next start does not come again, when the line is lost before the host hears of it", (t) => {
  const rig = new Rig();
  const bytes = bytesOf(50);
  rig.keeper.waits = true;
  rig.begin(bytes);
  rig.data(bytes, 0);
  rig.ask("finish");
  t.like(rig.begin(bytes), { outcome: "ok", received: 50 });
  t.is(rig.ask("finish").outcome, "ok");
  t.false(rig.server.isReceiving);
  t.deepEqual(rig.keeper.log, ["begin 50", "finish"]);
  t.like(rig.begin(bytesOf(49)), { outcome: "ok", received: 0 }, "another one");
  rig.ask("cancel");
  rig.keeper.waits = false;
  t.like(rig.begin(bytes), { outcome: "ok", received: 0 }, "it has gone");
});

test("what takes long waits for the window's end, and is answered there and afterwards", (t) => {
  const rig = new Rig();
  const bytes = bytesOf(50);
  rig.isFree = false;
  rig.begin(bytes);
  rig.data(bytes, 0);
  t.is(rig.server.windowHandled(), undefined, "nothing waits");
  t.is(rig.ask("finish").outcome, "wait");
  t.deepEqual(rig.keeper.log, ["begin 50"]);
  const answer = rig.server.windowHandled()!;
  t.like(answer, { kind: kinds.finish | answerBit, number: 3 });
  t.is(decodeAnswer(answer.content).outcome, "ok");
  t.is(rig.ask("finish").outcome, "ok");
  t.is(rig.server.windowHandled(), undefined);
  t.deepEqual(rig.keeper.log, ["begin 50", "finish"]);
});

test("refusals have a code and a text, also those of an exception; the transfer is over then", (t) => {
  const rig = new Rig();
  t.deepEqual(rig.begin(bytesOf(5001)), { outcome: "refused", received: 0, code: 9, detail: "too much" });
  t.like(rig.begin(bytesOf(10), 77), { outcome: "refused", code: 255, detail: "payload kind 77 is not taken" });
  const bytes = bytesOf(300);
  rig.begin(bytes);
  rig.keeper.fails = true;
  t.like(rig.data(bytes, 0), { outcome: "refused", code: 255, detail: "Error: flash is gone" });
  t.is(rig.data(bytes, 0).outcome, "none");
  rig.keeper.fails = false;
  rig.keeper.refusesAt = chunkBytes;
  rig.begin(bytes);
  t.is(rig.data(bytes, 0).outcome, "ok");
  t.like(rig.data(bytes, chunkBytes), { outcome: "refused", code: 5, detail: "not this" });
  t.is(rig.data(bytes, chunkBytes).outcome, "none");
  t.like(rig.ask("finish"), { outcome: "refused", code: 5, detail: "not this" });
  rig.keeper.refusesAt = -1;
  rig.keeper.answer = { code: 4, detail: `${"long ".repeat(30)}é` };
  rig.begin(bytes);
  for (let at = 0; at < 300; at += chunkBytes) rig.data(bytes, at);
  const refused = rig.ask("finish");
  t.like(refused, { outcome: "refused", code: 4 });
  t.true(refused.detail.startsWith("long long") && refused.detail.length === 104, `${refused.detail.length}`);
  t.deepEqual(rig.ask("finish"), refused, "as before");
  // Beyond its end.
  const few = bytesOf(5);
  rig.begin(few);
  t.like(rig.ask("data", encodeData(0, bytesOf(6))), { outcome: "refused", code: 255 });
});

test("a hello says what it was made of", (t) => {
  const rig = new Rig();
  t.deepEqual(decodeHello(rig.frame(kinds.hello)!.content), {
    ...own,
    payloads: 4,
    payload: 0,
    bytes: 0,
    check: 0,
    received: 0,
  });
  const content = encodeHello({
    ...own,
    payloads: 6,
    payload: 0,
    bytes: 0,
    check: 0,
    received: 0,
    firmware: "é".repeat(20),
  });
  t.is(decodeHello(content).firmware, "é".repeat(12), "cut between characters");
  // A later version may have more behind it, and an earlier one is another protocol.
  t.is(decodeHello(Uint8Array.from([...content, 1, 2, 3])).newest, own.newest);
  t.throws(() => decodeHello(Uint8Array.from([2, ...content.subarray(1)])), {
    message: "hello: version 2 of the protocol, 1 expected",
  });
  for (let length = 0; length < content.length; length++) t.throws(() => decodeHello(content.subarray(0, length)));
});

test("settings are said in parts, each after how many there are; beyond the last there is nothing", (t) => {
  const rig = new Rig();
  const part = (content: Uint8Array) => Array.from(rig.frame(kinds.settings, content)!.content);
  t.deepEqual(
    [0, 1, 2, 255].map((number) => part(Uint8Array.of(number))),
    [[2, 1, 2, 3], [2, 4], [2], [2]],
  );
  t.deepEqual(part(new Uint8Array(0)), [2, 1, 2, 3]);
});

test("a node's settings in parts that fit the frames, as the host reads them", (t) => {
  const config = exampleNode();
  const inForce = settingsInForce(
    { ...config, classes: config.classes.map((name) => name + "é".repeat(20)) },
    { 1: -1.5 },
  );
  const rig = new Rig();
  rig.settings = encodeSettingsReport(inForce, 0).flatMap((bytes) => splitSettingsReport(bytes, settingsRoom));
  t.true(rig.settings.length > 2);
  let known: SettingsReport | undefined;
  for (let part = 0; part < rig.settings.length; part++) {
    const { content } = rig.frame(kinds.settings, Uint8Array.of(part))!;
    t.true(content.length <= maxContent);
    const { parts, report } = decodeSettingsPart(content);
    t.is(parts, rig.settings.length);
    known = mergeSettings(known, report);
  }
  t.deepEqual(Object.values(known!.classes!), inForce.classes);
  t.is(known!.offsets![1], -1.5);
  t.is(Object.keys(known!.limits!).length, Object.keys(inForce.limits).length);
  t.throws(() => decodeSettingsPart(new Uint8Array(0)), { name: "PayloadError" });
});

test("whatever frames come, nothing is written that was not begun, and a good transfer goes through afterwards", (t) => {
  const random = new Random("server");
  const rig = new Rig();
  for (let i = 0; i < 20_000; i++) {
    const content = random.bytes(random.int(0, 20));
    // Small numbers, so that some of it is meant.
    if (random.int(0, 1) === 1) content.fill(0, 1);
    const kind = random.int(0, 3) === 0 ? random.int(0, 255) : random.int(1, 6);
    const answer = rig.frame(kind, content);
    const isRequest = (kind >= kinds.hello && kind <= kinds.cancel) || kind === kinds.settings;
    t.is(answer !== undefined, isRequest);
    t.true(rig.keeper.bytes.length <= rig.keeper.total);
  }
  const bytes = bytesOf(700);
  rig.begin(bytes);
  for (let at = 0; at < bytes.length; at += chunkBytes) rig.data(bytes, at);
  t.is(rig.ask("finish").outcome, "ok");
  t.deepEqual(Uint8Array.from(rig.keeper.bytes), bytes);
});
