import { MirroredRecords } from "../../device/flash/mirrored.js";
import type { FlashPartition } from "../../device/flash/partition.js";
import { mostSends } from "../../device/outbox/memos.js";
import { Outbox, type OutboxItem } from "../../device/outbox/outbox.js";
import { flashOf, generator } from "./powercuts.js";

/** What an outbox holds: a line an item, with everything of it that outlasts a reset. */
export type Items = Map<number, string>;

const lineOf = ({ port, importance, payload }: OutboxItem): string =>
  `${port}/${importance}:${Buffer.from(payload).toString("hex")}`;

/** An item without its timestamp, bytes 3 to 6 of the payload, which is a deferred word. */
export const untimed = (line: string | undefined): string | undefined =>
  line?.replace(/(:.{6}).{8}/, (_, head: string) => `${head}--------`);

/** Removes everything. */
export function drain(outbox: Outbox): Items {
  const items: Items = new Map();
  // What was sent has its turn, too.
  outbox.renew();
  const next = () => outbox.next() ?? outbox.nextRepeat();
  for (let item = next(); item; item = next()) {
    if (items.has(item.sequence)) throw new Error(`item ${item.sequence} is there twice`);
    items.set(item.sequence, lineOf(item));
    outbox.remove(item.sequence);
  }
  return new Map([...items].sort(([a], [b]) => a - b));
}

/** What is there after a restart, which leaves `image` as it is. */
export function itemsOf(image: Uint8Array): Items {
  const flash = flashOf(image);
  return drain(new Outbox(flash, flash.byteLength));
}

export interface Step {
  what: string;
  run: (outbox: Outbox) => void;
}

/** Operations of a node on its outbox, the same for the same seed. */
export function outboxSteps(count: number, seed: number, longest = 60): Step[] {
  const random = generator(seed);
  const below = (n: number) => Math.floor(random() * n);
  return Array.from({ length: count }, (_, i): Step => {
    const draw = below(14);
    const importance = (below(5) === 0 ? 1 + below(3) : 0) as 0 | 1 | 2 | 3;
    const payload = Uint8Array.from({ length: 8 + below(longest) }, (_, at) => i * 7 + at);
    const made = below(3) === 0 ? 1000 + i : undefined;
    if (draw < 6) return { what: "put", run: (outbox) => void outbox.put(10 + importance, importance, payload, made) };
    if (draw < 7)
      return {
        what: "replace",
        run: (outbox) => {
          const newest = outbox.newest();
          if (newest) outbox.replace(newest.sequence, 10, importance, payload, made);
        },
      };
    if (draw < 9)
      return {
        what: "date",
        run: (outbox) => {
          const item = outbox.next();
          if (item?.made !== undefined) outbox.setTimestamp(item.sequence, 0x5a000000 + item.made);
        },
      };
    if (draw === 12)
      return {
        what: "acknowledge",
        run: (outbox) => {
          const { sequence } = outbox.next() ?? { sequence: 0 };
          for (const sent of [sequence, sequence + 1, sequence + 3]) outbox.countSend(sent, 1);
          outbox.acknowledge({ first: sequence & 0xffff, map: Uint8Array.of(0b1111) });
        },
      };
    if (draw === 13)
      return {
        what: "crowd",
        run: (outbox) => {
          for (let item = outbox.next(); item; item = outbox.next())
            for (let sends = 0; sends < mostSends; sends++) outbox.countSend(item.sequence, 1);
          outbox.put(13, 3, new Uint8Array(900).fill(i));
        },
      };
    return {
      what: "remove",
      run: (outbox) => {
        const item = outbox.next();
        if (item) outbox.remove(item.sequence);
      },
    };
  });
}

export const sessionKind = 1;
export const sessionOptions = { name: "session", records: 16, maxPayload: 512 };

/** What a session's flash holds: its full record and the counters. */
export function stateOf(flash: FlashPartition): string {
  const records = new MirroredRecords(flash, sessionOptions);
  return [1, 2].map((key) => describe(records, key)).join(" ");
}

function describe(records: MirroredRecords, key: number): string {
  const record = records.newest(sessionKind, key);
  return record ? `${key}:${record.sequence}:${Buffer.from(record.payload).toString("hex")}` : `${key}:none`;
}

/** Saves the state of step `i` as the session's persistence does: counters mostly, everything now and then. */
export function saveSession(records: MirroredRecords, i: number): void {
  const isFull = i % 9 === 0;
  records.put(
    sessionKind,
    isFull ? 1 : 2,
    Uint8Array.from({ length: isFull ? 310 : 71 }, (_, at) => i + at * 3),
  );
}
