/** Power fails while a long package comes over the serial line: the node's protocol, receiver, slots and records, on flash that loses its power at any write. */
import test from "ava";
import { encodeUtf8 } from "../../device/codec/utf8.js";
import { crc32 } from "../../device/flash/crc32.js";
import {
  chunkBytes,
  decodeAnswer,
  encodeBegin,
  encodeData,
  kinds,
  payloads,
  type Answer,
} from "../../device/serial/messages.js";
import { SerialServer } from "../../device/serial/server.js";
import { PackageReceiver } from "../../device/update/packagereceiver.js";
import { Random } from "../../host-tools/lib/random.js";
import { NorFlash } from "../flash/norflash.js";
import { everyCut, flashOf } from "../flash/powercuts.js";
import { config, install, makePackage, open, type Rig } from "../update/rig.js";

/** Slots of two blocks: data lies in both. */
const partition = 4 + 4 * 2;
const text = (seed: string, bytes: number): Uint8Array =>
  encodeUtf8(Array.from(new Random(seed).bytes(bytes), (byte) => String.fromCharCode(97 + (byte % 26))).join(""));
const old = makePackage(config, 5, "old");
const long = makePackage(config, 6, { script: text("long", 5000) });

/** The node's end, in a program that has just begun on this flash. */
class Node {
  readonly rig: Rig;
  readonly #server: SerialServer;
  #number = 0;

  constructor(flash: NorFlash) {
    const rig = (this.rig = open(flash));
    // Of what the node does with packages, the receiver asks for these.
    const field = {
      updates: rig.updates,
      get last() {
        return rig.news.at(-1)!;
      },
    };
    this.#server = new SerialServer({
      receivers: { [payloads.package]: new PackageReceiver(field) },
      isFree: () => true,
      settings: () => [],
      hello: () => {
        throw new Error("not asked for");
      },
    });
  }

  /** Until it need not be asked again. */
  ask(kind: keyof typeof kinds, content: Uint8Array = new Uint8Array(0)): Answer {
    for (;;) {
      const frame = this.#server.answer({ kind: kinds[kind], number: ++this.#number & 255, content })!;
      const answer = decodeAnswer(frame.content);
      if (answer.outcome !== "wait") return answer;
    }
  }

  /** @param frames of data, at most */
  transfer(bytes: Uint8Array, frames = Infinity): Answer {
    let answer = this.ask(
      "begin",
      encodeBegin({ payload: payloads.package, bytes: bytes.length, check: crc32(bytes) }),
    );
    for (; answer.outcome === "ok" && answer.received < bytes.length && frames > 0; frames--)
      answer = this.ask(
        "data",
        encodeData(answer.received, bytes.subarray(answer.received, answer.received + chunkBytes)),
      );
    return frames > 0 && answer.outcome === "ok" ? this.ask("finish") : answer;
  }
}

function flashWithOld(): NorFlash {
  const flash = new NorFlash(partition);
  install(flash, old);
  return flash;
}

test("power fails at any write of a transfer of many frames: nothing has changed, or all; the host begins again, and the package comes whole", (t) => {
  const before = flashWithOld().bytes;
  let cuts = 0;
  const scripts = new Map<string, number>();
  for (const { image, where } of everyCut(before, (flash) => {
    if (new Node(flash).transfer(long).outcome !== "ok") throw new Error("not taken");
    open(flash);
  })) {
    cuts++;
    const flash = flashOf(image);
    const node = new Node(flash);
    const script = node.rig.script === "old" ? "old" : "new";
    if (script === "new") t.is(node.rig.script?.length, 5000, where);
    scripts.set(script, (scripts.get(script) ?? 0) + 1);
    // Of what the host had sent the node knows nothing; a frame that comes late is not written anywhere.
    const state = Buffer.from(flash.bytes);
    t.is(node.ask("data", encodeData(104, long.subarray(104, 208))).outcome, "none", where);
    t.is(node.ask("finish").outcome, "none", where);
    t.true(state.equals(flash.bytes), where);
    // Those take long.
    if (cuts % 25 > 0) continue;
    const again = node.transfer(long);
    t.is(again.outcome, script === "old" ? "ok" : "refused", `${where}: ${again.detail}`);
    t.is(open(flash).script?.length, 5000, where);
  }
  t.log(`${Math.ceil(long.length / chunkBytes)} frames, ${cuts} power cuts`, ...scripts);
  t.true(cuts > 1000);
  t.deepEqual([...scripts.keys()].sort(), ["new", "old"]);
});

test("the program is reset after any frame of a transfer, again and again: it comes whole in the end", (t) => {
  const frames = Math.ceil(long.length / chunkBytes);
  const flash = flashWithOld();
  for (let reset = 1; reset <= frames; reset++) {
    const answer = new Node(flash).transfer(long, reset);
    t.like(answer, { outcome: "ok", received: Math.min(long.length, reset * chunkBytes) });
    t.is(open(flash).script, "old");
  }
  t.is(new Node(flash).transfer(long).outcome, "ok");
  t.is(open(flash).script?.length, 5000);
});
