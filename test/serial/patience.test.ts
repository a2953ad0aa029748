import { Duplex } from "node:stream";
import test from "ava";
import { crc32 } from "../../device/flash/crc32.js";
import { encodeFrame, FrameReader } from "../../device/serial/frames.js";
import { answerBit, encodeAnswer, kinds } from "../../device/serial/messages.js";
import { Conversation, LineLost } from "../../host-tools/serial/conversation.js";

/** A node that hears so many requests before it answers one. */
function busyNode(deaf: number): { stream: Duplex; heard: number[] } {
  const heard: number[] = [];
  const reader = new FrameReader(crc32);
  const stream: Duplex = new Duplex({
    read() {},
    write(data: Buffer, _encoding, done) {
      reader.push(data, ({ kind, number }) => {
        heard.push(kind);
        const content = encodeAnswer({ outcome: "ok", received: 0, code: 0, detail: "" });
        const answer = encodeFrame({ kind: kind | answerBit, number, content }, crc32);
        if (heard.length > deaf) setImmediate(() => stream.push(answer));
      });
      done();
    },
  });
  return { stream, heard };
}

const signal = new AbortController().signal;

test("a node that is busy with an image's end is waited for longer than one that should answer at once", async (t) => {
  t.timeout(60_000);
  const checking = busyNode(5);
  const silent = busyNode(Infinity);
  const finish = new Conversation(checking.stream, 1).request(signal, "finish");
  await t.throwsAsync(new Conversation(silent.stream, 1).request(signal, "begin"), { instanceOf: LineLost });
  t.is((await finish).outcome, "ok");
  t.deepEqual(checking.heard, Array(6).fill(kinds.finish));
});
