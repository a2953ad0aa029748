import test from "ava";
import { Audit, type AuditFigures } from "../../host-tools/soak/audit.js";

const second = 1e6;
const join = (devNonce: number) => Buffer.concat([Buffer.alloc(17), Buffer.of(devNonce, 0), Buffer.alloc(4)]);
const data = (counter: number, last = 0) => Buffer.from([0x40, 1, 2, 3, 4, 0, counter, 0, 1, last, 0, 0, 0, 0]);

/** Transmissions as [node, start in seconds, length in seconds, frame, boot], and what the audit must find in them. */
const table: [what: string, sent: [string, number, number, Buffer, boot?: number][], figures: Partial<AuditFigures>][] =
  [
    [
      "a retransmission is no reuse",
      [
        ["a", 0, 1, data(1)],
        ["a", 5, 1, data(1)],
      ],
      { countersReused: 0, transmissions: 2 },
    ],
    [
      "another frame with a counter",
      [
        ["a", 0, 1, data(1)],
        ["a", 5, 1, data(1, 9)],
      ],
      { countersReused: 1 },
    ],
    [
      "the same frame after a reset",
      [
        ["a", 0, 1, data(1), 1],
        ["a", 5, 1, data(1), 2],
      ],
      { countersReused: 1 },
    ],
    [
      "a DevNonce twice",
      [
        ["a", 0, 1, join(1)],
        ["a", 100, 1, join(2)],
        ["a", 200, 1, join(1)],
      ],
      { devNoncesReused: 1, joinRequests: 3 },
    ],
    ["37 s in an hour", Array.from({ length: 37 }, (_, i) => ["a", i * 90, 1, data(i)]), { busiestHour: 37 / 36 }],
    [
      "36 s in an hour, 37 in a little more",
      Array.from({ length: 37 }, (_, i) => ["a", i * 100, 1, data(i)]),
      { busiestHour: 1 },
    ],
    [
      "two nodes have an hour each",
      [
        ["a", 0, 20, data(1)],
        ["b", 30, 20, data(2)],
      ],
      { busiestHour: 20 / 36 },
    ],
    [
      "joins at once",
      [
        ["a", 0, 2, join(1)],
        ["b", 1, 2, join(2)],
        ["c", 2.5, 2, join(3)],
      ],
      { joinsAtOnce: 2, busiestJoinMinute: 3 },
    ],
  ];
for (const [what, sent, expected] of table) {
  test(`audit: ${what}`, (t) => {
    const audit = new Audit("EU868");
    for (const [node, start, length, payload, boot = 0] of sent)
      audit.see({ node, boot, start: start * second, end: (start + length) * second, frequency: 868100000, payload });
    t.like(audit.figures(), expected);
  });
}
