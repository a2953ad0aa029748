import Flash from "flash";
import Host from "host";
import { MirroredRecords } from "flash/mirrored";

/** Arguments: the first save's number, and how many follow. Says before and after each what it saves; with no saves it prints what is there. */
const [first, count] = Host.args.map(Number) as [number, number];
const print = (value: unknown) => trace(`${JSON.stringify(value)}\n`);
const records = new MirroredRecords(new Flash("session") as never, { name: "session", records: 16, maxPayload: 512 });
const [full, counters] = [1, 2];

/** The payload of a save, so that a mix-up shows. */
const payloadOf = (save: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i < 2 ? save >> (8 * i) : save * 31 + i * 7) & 255);

for (let save = first; save < first + count; save++) {
  const isFull = save % 9 === 0;
  print(["saving", save]);
  records.put(1, isFull ? full : counters, payloadOf(save, isFull ? 310 : 71));
  print(["saved", save]);
}
if (count === 0) {
  for (const key of [full, counters]) {
    const payload = records.newest(1, key)?.payload;
    if (!payload) continue;
    const save = payload[0]! | (payload[1]! << 8);
    const expected = payloadOf(save, key === full ? 310 : 71);
    print([key, save, payload.length === expected.length && payload.every((byte, i) => byte === expected[i])]);
  }
}
