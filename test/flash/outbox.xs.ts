import Flash from "flash";
import Host from "host";
import { Outbox } from "outbox/outbox";
import type { Importance } from "codec/importance";

/**
 * Arguments: seed, number of operations. Puts and removes at random and says before and after each what it does; with 0 operations it
 * prints what is there.
 */
const [, operations, bytes] = Host.args.map(Number) as [number, number, number];
/** The host program seeds Math.random. */
const draw = (below: number): number => Math.floor(Math.random() * below);
const print = (value: unknown) => trace(`${JSON.stringify(value)}\n`);
const flash = new Flash("outbox") as never;
const outbox = new Outbox(flash, bytes);

/** The payload of a number, so that a mix-up shows. */
const payloadOf = (sequence: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (sequence * 31 + i * 7) & 255);

for (let i = 0; i < operations; i++) {
  if (draw(3) > 0) {
    const sequence = outbox.nextSequence;
    const importance = draw(4) as Importance;
    const length = 1 + draw(draw(4) === 0 ? 480 : 20);
    print(["putting", sequence, importance, length]);
    const taken = outbox.put(10 + importance, importance, payloadOf(sequence, length));
    print([taken ? "put" : "refused", sequence, outbox.takeDropped()]);
  } else {
    const item = outbox.next();
    if (!item) continue;
    print(["removing", item.sequence]);
    outbox.remove(item.sequence);
    print(["removed", item.sequence]);
  }
}
if (operations === 0) {
  const next = outbox.nextSequence;
  for (let item = outbox.next(); item; item = outbox.next()) {
    const expected = payloadOf(item.sequence, item.payload.length);
    print([
      item.sequence,
      item.importance,
      item.payload.length,
      item.port === 10 + item.importance && item.payload.every((byte, i) => byte === expected[i]),
    ]);
    outbox.remove(item.sequence);
  }
  print(["next", next]);
}
