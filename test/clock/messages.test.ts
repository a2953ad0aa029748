import test from "ava";
import {
  clockPackage,
  clockPeriod,
  decodeClockDownlink,
  encodeClockUplink,
  stampClockUplink,
  type ClockDownlink,
  type ClockUplink,
} from "../../device/codec/clocksync.js";
import { decodeClockUplink, encodeClockDownlink } from "../../host-tools/gateway/clockcommands.js";
import { correctionOf } from "../../host-tools/gateway/clockserver.js";
import { fromGpsTime } from "../../device/codec/gpstime.js";

// The bytes are those of two other implementations' tests, brocaar/lorawan (applayer/clocksync, 1.0.0) and ChirpStack (lrwn, applayer/clocksync/v2, 2.0.0), and by hand of the
// tables of TS003-2.0.0 (section in the comment).
const downlinks: [ClockDownlink, string][] = [
  [{ command: "version" }, "00"],
  [{ command: "time", correction: -134480385, token: 5 }, "01fffdfbf705"],
  [{ command: "time", correction: 1024, token: 15 }, "0100040000 0f"],
  // 3.2: what does not fit is sent as the most, or the least.
  [{ command: "time", correction: 0x7fffffff, token: 0 }, "01ffffff7f00"],
  [{ command: "time", correction: -0x80000000, token: 1 }, "010000008001"],
  [{ command: "period", period: 5 }, "0205"],
  [{ command: "period", period: 15 }, "020f"],
  [{ command: "resync", count: 5 }, "0305"],
  [{ command: "resync", count: 0 }, "0300"],
  [{ command: "resync", count: 7 }, "0307"],
];
const uplinks: [ClockUplink, string][] = [
  [{ command: "version", identifier: 1, version: 1 }, "000101"],
  [{ command: "version", ...clockPackage }, "000102"],
  [{ command: "time", deviceTime: 134480385, isAnswerRequired: true, token: 5 }, "010102040815"],
  [{ command: "time", deviceTime: 1024, isAnswerRequired: true, token: 15 }, "01000400001f"],
  [{ command: "time", deviceTime: 0xffffffff, isAnswerRequired: false, token: 0 }, "01ffffffff00"],
  [{ command: "period", isSupported: false, deviceTime: 134480385 }, "020101020408"],
  [{ command: "period", isSupported: true, deviceTime: 0x80000000 }, "020000000080"],
];

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

test("messages are those of other implementations and of the specification", (t) => {
  for (const [message, hex] of downlinks) {
    t.deepEqual(Uint8Array.from(encodeClockDownlink(message)), bytesOf(hex), hex);
    t.deepEqual(decodeClockDownlink(bytesOf(hex)), [message], hex);
  }
  for (const [message, hex] of uplinks) {
    t.deepEqual(encodeClockUplink(message), bytesOf(hex), hex);
    t.deepEqual(decodeClockUplink(bytesOf(hex)), [message], hex);
  }
});

/** Those of which so many bytes have everything, when all of them follow one another. */
function wholeOf<Message>(messages: readonly [Message, string][], length: number): Message[] {
  let end = 0;
  return messages.flatMap(([message, hex]) => ((end += bytesOf(hex).length) <= length ? [message] : []));
}

test("several in one payload, in their order, up to what is unknown or cut off", (t) => {
  const down = bytesOf(downlinks.map(([, hex]) => hex).join(""));
  for (let length = 0; length <= down.length; length++)
    t.deepEqual(decodeClockDownlink(down.subarray(0, length)), wholeOf(downlinks, length), `${length} bytes`);
  const up = bytesOf(uplinks.map(([, hex]) => hex).join(""));
  for (let length = 0; length <= up.length; length++)
    t.deepEqual(decodeClockUplink(up.subarray(0, length)), wholeOf(uplinks, length), `${length} bytes`);
  t.deepEqual(decodeClockDownlink(bytesOf("00040307")), [{ command: "version" }]);
  t.deepEqual(decodeClockUplink(bytesOf("000102030000")), [{ command: "version", identifier: 1, version: 2 }]);
});

test("reserved bits are ignored", (t) => {
  t.deepEqual(decodeClockDownlink(bytesOf("01000000 00f3 02f4 03fa")), [
    { command: "time", correction: 0, token: 3 },
    { command: "period", period: 4 },
    { command: "resync", count: 2 },
  ]);
  t.deepEqual(decodeClockUplink(bytesOf("0100000000e2 02fe00000000")), [
    { command: "time", deviceTime: 0, isAnswerRequired: false, token: 2 },
    { command: "period", isSupported: true, deviceTime: 0 },
  ]);
});

test("any bytes are read without error, and nothing beyond their end; what is read is what was there", (t) => {
  const whole = bytesOf("00 0112345678 05 020a 0303");
  for (let at = 0; at < whole.length; at++)
    for (let value = 0; value < 256; value++) {
      const bytes = whole.slice();
      bytes[at] = value;
      const read = decodeClockDownlink(bytes);
      const again = Buffer.concat(read.map(encodeClockDownlink));
      t.true(again.length <= bytes.length);
      t.deepEqual(decodeClockDownlink(again), read);
    }
});

test("the time and the token are set in a payload that was made before", (t) => {
  const bytes = bytesOf("000102 020000000000 010000000010");
  stampClockUplink(bytes, 0x1_0804_0201, 7);
  t.deepEqual(bytes, bytesOf("000102 020001020408 010102040817"));
});

test("periods are those of section 3.3", (t) => {
  t.is(clockPeriod(0), 128);
  t.is(clockPeriod(5), 4096);
  t.is(clockPeriod(15), 4194304);
});

test("corrections are those of section 3.2: its example of 2050-01-01, and what need not be answered", (t) => {
  // "+2208643200 (0x83A53880)", of the GPS time without leap seconds.
  const now = fromGpsTime(0x83a53880);
  const request = { command: "time", deviceTime: 0, isAnswerRequired: true, token: 0 } as const;
  t.is(correctionOf(now, request), 0x7fffffff);
  t.is(correctionOf(now, { ...request, deviceTime: 0x7fffffff }), 0x03a53881);
  t.is(correctionOf(now, { ...request, deviceTime: 0x83a53880 }), 0);
  t.is(correctionOf(now, { ...request, deviceTime: 0x83a53881, isAnswerRequired: false }), undefined);
  t.is(correctionOf(now, { ...request, deviceTime: 0x83a53882, isAnswerRequired: false }), -2);
  t.is(correctionOf(now + 0.99, { ...request, deviceTime: 0x83a53880 }), 0, "whole seconds, rounded down");
  t.is(correctionOf(fromGpsTime(10), { ...request, deviceTime: 0xffffffff }), -0x80000000);
  t.is(correctionOf(0, request), undefined, "before the GPS epoch");
});
