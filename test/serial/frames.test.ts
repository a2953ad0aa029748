import test from "ava";
import { crc32 } from "../../device/flash/crc32.js";
import { encodeFrame, FrameReader, maxContent, maxFrame, type Frame } from "../../device/serial/frames.js";
import { Random } from "../../host-tools/lib/random.js";

/** Everything that a reader finds in a line, handed over in pieces of a length. */
function read(line: Uint8Array, piece = line.length): Frame[] {
  const frames: Frame[] = [];
  const reader = new FrameReader(crc32);
  for (let at = 0; at < line.length; at += piece)
    reader.push(line.subarray(at, at + piece), (frame) => frames.push(frame));
  return frames;
}

/** COBS of less than 254 bytes, as Cheshire and Baker describe it: each run up to a 0 after its length + 1. */
function cobs(bytes: readonly number[]): number[] {
  const runs: number[][] = [[]];
  for (const byte of bytes)
    if (byte === 0) runs.push([]);
    else runs.at(-1)!.push(byte);
  return runs.flatMap((run) => [run.length + 1, ...run]);
}

const frameOf = (random: Random): Frame => {
  // Many zeros, and none.
  const most = random.pick([1, 3, 255]);
  const content = Uint8Array.from({ length: random.int(0, maxContent) }, () => random.int(0, most));
  return { kind: random.int(0, 255), number: random.int(0, 255), content };
};

test("a frame is 0, the COBS of kind, number, content and CRC-32, and 0", (t) => {
  // CRC-32 of "123456789" is CBF43926: the check value of the catalogue of CRCs.
  const content = Buffer.from("3456789");
  const frame = encodeFrame({ kind: 0x31, number: 0x32, content }, crc32);
  t.is(Buffer.from(frame).toString("hex"), `000e${Buffer.from("123456789").toString("hex")}2639f4cb00`);
  const random = new Random("cobs");
  for (let i = 0; i < 500; i++) {
    const one = frameOf(random);
    const body = Buffer.from([one.kind, one.number, ...one.content, 0, 0, 0, 0]);
    body.writeUInt32LE(crc32(body.subarray(0, -4)), body.length - 4);
    const line = encodeFrame(one, crc32);
    t.deepEqual([...line], [0, ...cobs([...body]), 0]);
    t.true(line.length <= maxFrame);
    for (const piece of [1, 7, line.length]) t.deepEqual(read(line, piece), [one]);
  }
  t.throws(() => encodeFrame({ kind: 1, number: 1, content: new Uint8Array(maxContent + 1) }, crc32), {
    message: "frame: 112 bytes of content, at most 111",
  });
});

test("frames are found between text, zeros and noise; what is damaged, cut or endless is none, and harms no later one", (t) => {
  const random = new Random("noise");
  const log = Buffer.from('I (312) cpu_start: Pro cpu up.\r\n{"event":"window","at":1}\n');
  let found = 0;
  for (let i = 0; i < 400; i++) {
    const good = frameOf(random);
    const line = encodeFrame(good, crc32);
    const damaged = Uint8Array.from(encodeFrame(frameOf(random), crc32));
    const flipped = random.int(1, damaged.length - 2);
    damaged[flipped]! ^= 1 << random.int(0, 7);
    const cut = encodeFrame(frameOf(random), crc32).slice(0, -random.int(2, 8));
    const endless = Uint8Array.from({ length: 5000 }, () => random.int(1, 255));
    const before = random.pick<Uint8Array>([
      log,
      damaged,
      cut,
      endless,
      new Uint8Array(9),
      Uint8Array.of(255, 0, 1, 0, 2, 0),
    ]);
    const frames = read(Buffer.concat([before, line, log, line]), random.int(1, 200));
    t.deepEqual(frames, [good, good], `${i}: ${Buffer.from(before).toString("hex").slice(0, 300)}`);
    found += frames.length;
  }
  t.is(found, 800);
});

test("noise alone is never a frame; each bit of a frame is checked", (t) => {
  const random = new Random("fuzz");
  const noise = Uint8Array.from({ length: 200_000 }, () => (random.int(0, 9) === 0 ? 0 : random.int(0, 255)));
  t.deepEqual(read(noise, 97), []);
  const line = encodeFrame({ kind: 3, number: 9, content: Uint8Array.from([0, 1, 2, 0, 0, 5]) }, crc32);
  for (let bit = 8; bit < 8 * (line.length - 1); bit++) {
    const flipped = Uint8Array.from(line);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    t.deepEqual(read(flipped), [], `bit ${bit}`);
  }
});
