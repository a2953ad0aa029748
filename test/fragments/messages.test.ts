import test from "ava";
import {
  decodeFragmentAnswers,
  decodeFragmentRequests,
  encodeFragmentAnswer,
  encodeFragmentRequest,
  type FragmentAnswer,
  type FragmentRequest,
} from "../../device/codec/fragments.js";

// Messages and bytes of ChirpStack's tests of TS004-2.0.0 (lrwn, applayer/fragmentation/v2).
const setup = {
  index: 3,
  count: 1024,
  size: 128,
  algorithm: 1,
  isAcknowledged: false,
  blockAckDelay: 5,
  groups: 1,
  padding: 64,
  descriptor: Uint8Array.of(1, 2, 3, 4),
  counter: 128,
  mic: Uint8Array.of(1, 2, 3, 4),
};
const requests: [FragmentRequest, string][] = [
  [{ command: "version" }, "00"],
  [{ command: "setup", setup }, "0231000480 0d40 01020304 8000 01020304"],
  [{ command: "delete", index: 3 }, "0303"],
  [{ command: "received", index: 2 }, "0402"],
  [{ command: "fragment", index: 2, number: 1024, data: Uint8Array.of(1, 2, 3, 4) }, "08008401020304"],
  [{ command: "status", index: 2, isForAll: true }, "0105"],
];
const answers: [FragmentAnswer, string][] = [
  [{ command: "setup", index: 2, refusals: 11 }, "028b"],
  [{ command: "delete", index: 3, exists: false }, "0307"],
  [{ command: "received", index: 2, isMicWrong: true }, "0406"],
  // Section 3.2: of a session that does not exist Received&index and MissingFrag SHALL NOT be included, which ChirpStack's decoder expects all the same.
  [{ command: "status", exists: false }, "0104"],
  [
    {
      command: "status",
      exists: true,
      index: 3,
      received: 1024,
      missing: 128,
      isMicWrong: false,
      isMemoryExceeded: true,
    },
    "010100c480",
  ],
  [{ command: "version", identifier: 3, version: 2 }, "000302"],
];

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

test("messages are those of another implementation", (t) => {
  for (const [request, hex] of requests) {
    t.deepEqual(encodeFragmentRequest(request), bytesOf(hex), request.command);
    t.deepEqual(decodeFragmentRequests(bytesOf(hex)), [request], request.command);
  }
  for (const [answer, hex] of answers) {
    t.deepEqual(encodeFragmentAnswer(answer), bytesOf(hex), answer.command);
    t.deepEqual(decodeFragmentAnswers(bytesOf(hex)), [answer], answer.command);
  }
});

/** Those of which so many bytes have everything, when all of them follow one another. */
function wholeOf<Message>(messages: readonly [Message, string][], length: number): Message[] {
  let end = 0;
  return messages.flatMap(([message, hex]) => ((end += bytesOf(hex).length) <= length ? [message] : []));
}

test("several in one message, up to what is unknown or cut off; nothing is read beyond the end", (t) => {
  const all = requests.filter(([{ command }]) => command !== "fragment");
  const bytes = bytesOf(all.map(([, hex]) => hex).join(""));
  t.deepEqual(
    decodeFragmentRequests(bytes),
    all.map(([request]) => request),
  );
  t.deepEqual(decodeFragmentRequests(bytesOf("0077030100")), [{ command: "version" }]);
  t.deepEqual(decodeFragmentRequests(bytesOf("000800840102")), [{ command: "version" }], "a fragment is alone");
  for (let length = 0; length <= bytes.length; length++)
    t.deepEqual(decodeFragmentRequests(bytes.subarray(0, length)), wholeOf(all, length), `${length} bytes`);
  const said = bytesOf(answers.map(([, hex]) => hex).join(""));
  for (let length = 0; length <= said.length; length++)
    t.deepEqual(decodeFragmentAnswers(said.subarray(0, length)), wholeOf(answers, length), `${length} bytes`);
  t.deepEqual(
    decodeFragmentAnswers(said),
    answers.map(([answer]) => answer),
  );
  t.deepEqual(decodeFragmentAnswers(bytesOf("010100c4")), []);
  t.deepEqual(decodeFragmentAnswers(bytesOf("09")), []);
});
