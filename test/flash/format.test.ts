import test from "ava";
import { crc32 } from "../../device/flash/crc32.js";
import { Log } from "../../device/flash/log.js";
import { NorFlash } from "./norflash.js";

/** CRC-32 a bit at a time, as IEEE 802.3 says it. */
function bitwise(bytes: Uint8Array, seed = 0): number {
  let crc = ~seed;
  for (const byte of bytes)
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc ^ (byte >> bit)) & 1 ? 0xedb88320 : 0);
  return ~crc >>> 0;
}

const le = (value: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes.toString("hex");
};
const checkOf = (hex: string, seed = 0): string => le(bitwise(Buffer.from(hex, "hex"), seed));

/** A record as log.md has it. */
function recordOf(state: string, fields: string, payload: string, generation: number, at: number): string {
  const head = fields + checkOf(payload);
  const padding = "f".repeat((8 - (payload.length % 8)) % 8);
  return state + head + checkOf(head, generation * 4096 + at) + payload + padding;
}

const headOf = (generation: number, next: number, replaces: number): string => {
  const fields = Buffer.from("LOG1").toString("hex") + le(generation) + le(next) + le(replaces);
  return (fields + checkOf(fields)).repeat(2);
};

test("CRC-32: check value of the catalogue of CRC algorithms (CRC-32/ISO-HDLC), and continued", (t) => {
  const text = Buffer.from("123456789");
  t.is(crc32(text), 0xcbf43926);
  t.is(bitwise(text), 0xcbf43926);
  t.is(crc32(text.subarray(4), crc32(text.subarray(0, 4))), 0xcbf43926);
  t.is(crc32(Buffer.from("xx123456789yy"), 0, 2, 11), 0xcbf43926);
});

test("a log in flash is what log.md says, byte for byte", (t) => {
  const flash = new NorFlash(2);
  const log = new Log(flash, { name: "log", records: 9 });
  log.append({ kind: 10, key: 2, payload: Uint8Array.of(1, 2, 3, 4, 5) });
  log.append({ kind: 255, key: 254, payload: Uint8Array.of(6), deferred: true });
  log.append({ kind: 11, key: 0, payload: Uint8Array.of(), supersedes: 0 });
  log.setDeferred(0, 0x12345678);
  const none = "ffffffff";
  const block0 =
    headOf(1, 0, 0) +
    none +
    recordOf("00000000", "05000a02" + le(0) + none, "0102030405", 1, 44) +
    recordOf("f0f0f0f0", "0180fffe" + le(1) + none, "06", 1, 76) +
    "78563412" +
    "87a9cbed" +
    recordOf("f0f0f0f0", "00000b00" + le(2) + le(0), "", 1, 112);
  const hex = (from: number, length: number) => Buffer.from(flash.bytes.subarray(from, from + length)).toString("hex");
  t.is(hex(0, block0.length / 2), block0);
  t.true(flash.bytes.subarray(block0.length / 2).every((byte) => byte === 0xff));
  // The block is full: what is live is copied into the other.
  while (flash.erases[1] === 0) {
    log.append({ kind: 1, key: 1, payload: new Uint8Array(400) });
    log.remove(log.count - 1);
  }
  const copies =
    recordOf("f0f0f0f0", "0180fffe" + le(1) + none, "06", 2, 44) +
    "78563412" +
    "87a9cbed" +
    recordOf("f0f0f0f0", "00000b00" + le(2) + le(0), "", 2, 80);
  const next = log.nextSequence - 1;
  t.is(hex(4096, 44 + copies.length / 2), headOf(2, next, 1) + "f0f0f0f0" + copies);
  t.is(hex(0, 44), "00".repeat(40) + none);
});
