import test, { type ExecutionContext } from "ava";
import { decodeReport, encodeReport, importance, ports } from "../../device/codec/codec.js";
import { Faults } from "../../device/faults.js";
import { Outbox } from "../../device/outbox/outbox.js";
import { UplinkReporter } from "../../device/uplinkreporter.js";
import { NorFlash, PowerCut } from "../flash/norflash.js";

const clock = { isKnown: true, at: (own: number) => own };
const verdict = (time: number) => ({ label: 1, name: "", confidence: 0.8, time, source: "node" as const });

interface Node {
  flash: NorFlash;
  outbox: Outbox;
  reporter: UplinkReporter;
}

/** The flash of a node with a waiting report of the window at 200, the last item; `fill` puts items before it. */
function prepared(blocks: number, fill: (outbox: Outbox) => void): Uint8Array {
  const flash = new NorFlash(blocks);
  const outbox = new Outbox(flash, flash.byteLength);
  fill(outbox);
  const sequence = outbox.nextSequence;
  outbox.put(
    ports.report,
    importance.unchangedReport,
    encodeReport({ sequence, time: 200, label: 1, confidence: 0.8, actions: 0, count: 1 }),
  );
  return flash.bytes;
}

/** A node with that flash that has reported the same verdict before. */
function node(bytes: Uint8Array): Node {
  const flash = new NorFlash(bytes.length / 4096);
  const first = new NorFlash(2);
  let outbox = new Outbox(first, first.byteLength);
  const now = new Proxy(outbox, {
    get: (_, name) => {
      const value: unknown = Reflect.get(outbox, name);
      return value instanceof Function ? (value.bind(outbox) as unknown) : value;
    },
  });
  const reporter = new UplinkReporter(now, new Faults(), clock, () => {});
  reporter.report(verdict(100), 0);
  flash.bytes.set(bytes);
  outbox = new Outbox(flash, flash.byteLength);
  return { flash, outbox, reporter };
}

const confirmed = (outbox: Outbox, count: number, length: number) => {
  for (let i = 0; i < count; i++) outbox.put(ports.deferral, importance.deferral, new Uint8Array(length).fill(i));
};
const chatter = (outbox: Outbox, count: number) => {
  for (let i = 0; i < count; i++) {
    const sequence = outbox.nextSequence;
    outbox.put(
      ports.report,
      importance.unchangedReport,
      encodeReport({ sequence, time: 1, label: 5, confidence: 1, actions: 0, count: 1 }),
    );
  }
};

const fills: Record<string, [blocks: number, fill: (outbox: Outbox) => void]> = {
  "an empty outbox": [2, () => {}],
  "the head's last bytes, so that live records are moved": [3, (outbox) => confirmed(outbox, 4, 950)],
  "an outbox full of unconfirmed reports": [2, (outbox) => chatter(outbox, 200)],
  "as many items as there may be": [4, (outbox) => chatter(outbox, 191)],
  "confirmed items as many as there may be": [4, (outbox) => confirmed(outbox, 191, 8)],
};
// A block's last bytes, byte for byte: the report fits, but the merged one no longer does.
for (let spare = 0; spare < 60; spare += 4)
  fills[`${spare} bytes beside what must be confirmed`] = [
    2,
    (outbox) => {
      confirmed(outbox, 3, 1000);
      confirmed(outbox, 1, 940 - spare);
      chatter(outbox, 3);
    },
  ];

interface Left {
  sequence: number;
  port: number;
  hex: string;
}

function listed(flash: NorFlash, outbox = new Outbox(flash, flash.byteLength)): Left[] {
  const items: Left[] = [];
  for (let item = outbox.next(); item; item = outbox.next()) {
    items.push({ sequence: item.sequence, port: item.port, hex: Buffer.from(item.payload).toString("hex") });
    outbox.remove(item.sequence);
  }
  return items;
}

/** What the items report of the windows at 200 and 300: "1", "2", or what should not be. */
function storedReports(items: Left[]): string {
  const reports = items
    .filter(({ port }) => port === ports.report)
    .map(({ hex }) => decodeReport(Buffer.from(hex, "hex")));
  return reports
    .filter(({ label }) => label === 1)
    .map(({ count }) => String(count))
    .join(" and ");
}

function mergeAll(t: ExecutionContext, name: string, [blocks, fill]: [number, (outbox: Outbox) => void]): void {
  const base = prepared(blocks, fill);
  const whole = node(base);
  const before = whole.flash.writes;
  const others = (items: Left[]) => items.filter(({ port }) => port === ports.deferral);
  const first = listed(node(base).flash);
  const expected = others(first);
  if (storedReports(first) !== "1") return t.log(`${name}: no room for the first report`);
  whole.outbox.takeDropped();
  const chatterBefore = whole.outbox.count;
  const sequence = whole.reporter.report(verdict(300), 0);
  const dropped = whole.outbox.takeDropped();
  const lost = chatterBefore - whole.outbox.count;
  t.is(dropped, lost + (sequence === undefined ? 1 : 0), `${name}: drops counted`);
  const writes = whole.flash.writes - before;
  const after = listed(whole.flash);
  t.is(storedReports(after), sequence === undefined ? "1" : "2", `${name}: after the merge`);
  t.deepEqual(others(after), expected, name);
  for (let cut = 1; cut <= writes; cut++) {
    for (const fraction of [0, 0.5, 0.97]) {
      const { flash, reporter } = node(base);
      flash.cutAt = flash.writes + cut;
      flash.fraction = fraction;
      t.throws(() => reporter.report(verdict(300), 0), { instanceOf: PowerCut });
      flash.cutAt = Infinity;
      // Once more at each write that recovery makes.
      const cutState = flash.bytes.slice();
      for (let again = 0; again < (fraction === 0.5 ? 3 : 1); again++) {
        flash.bytes.set(cutState);
        if (again > 0) {
          flash.cutAt = flash.writes + again;
          try {
            new Outbox(flash, flash.byteLength);
          } catch (error) {
            t.true(error instanceof PowerCut);
          }
          flash.cutAt = Infinity;
        }
        const items = listed(flash);
        t.true(
          ["1", "2"].includes(storedReports(items)),
          `${name}, power cut at write ${cut} + ${fraction}, again ${again}: "${storedReports(items)}"`,
        );
        t.deepEqual(others(items), expected, `${name}, power cut at write ${cut} + ${fraction}`);
      }
    }
  }
}

test("a power cut at any write of a merge leaves the old report or the merged one; drops are counted, and nothing else", (t) => {
  for (const [name, fill] of Object.entries(fills)) mergeAll(t, name, fill);
  t.pass();
});
