// Slow: runs some thirty programs under XS
import test, { type ExecutionContext } from "ava";
import { resultsOf } from "../device/helpers/xs.js";

interface Line {
  sent: string;
  uptime: number;
  /** ms since 1970 at uptime 0; 0: unknown. */
  zero: number;
  error: number;
  isKnown: boolean;
  isTimeDue: boolean | "no";
  /** Seconds; -1: never. */
  wakeIn: number;
  journal: Record<string, unknown>[];
}

/** See clocksync.xs.ts. */
const run = (t: ExecutionContext, ...args: string[]): Promise<Line[]> => resultsOf<Line>(t, "clocksync", { args });

/** What the program has run for when a step begins, ms, at most. */
const runtime = 40;
const isNear = (value: number, expected: number): boolean => Math.abs(value - expected) <= runtime;

/** 2026-06-01, in seconds since 1970, and since the GPS epoch: 3,657 days less, and 18 leap seconds more. */
const june = 1780272000;
const gpsJune = 1464307218;

function answer(correction: number, token: number): string {
  const bytes = Buffer.alloc(6, 1);
  bytes.writeInt32LE(correction, 1);
  bytes[5] = token;
  return `<${bytes.toString("hex")}`;
}

test("two DeviceTimeReq without an answer, then AppTimeReq; its answer gives the time to the second, and the next token", async (t) => {
  const [first, second, third] = await run(
    t,
    "+5000",
    ">0",
    "?",
    ">0",
    "?",
    "+1250",
    ">62",
    answer(gpsJune - 6, 0),
    ">0",
  ).then((lines) => lines.slice(1));
  t.like(first, { sent: "", isTimeDue: "no" }, "one is not enough");
  // DeviceTime: 6 s by a clock that begins at the GPS epoch; an answer is required; token 0.
  t.like(second, { sent: "010600000010", isKnown: false, isTimeDue: true });
  // The server saw the end of the transmission, 62 ms after uptime 6.25 s, within the first second of June.
  t.like(third, { sent: "", isKnown: true, error: 1000 });
  t.true(isNear(third!.zero, june * 1000 + 500 - 6312), String(third!.zero));
  t.deepEqual(third!.journal, [{ correction: gpsJune - 6 }]);
});

test("the token: wrong ones and a second answer are refused, and the next request has the next one, also after a reset", async (t) => {
  const lines = await run(
    t,
    "?",
    "?",
    "+1000",
    ">0",
    answer(gpsJune, 15),
    answer(gpsJune, 1),
    ">50",
    "!",
    answer(gpsJune - 1, 0),
    answer(gpsJune + 500, 0),
    "<0301",
    ">0",
    "!",
    "<0301",
    ">0",
  );
  t.is(lines[0]!.sent, "010100000010");
  t.deepEqual(
    lines[1]!.journal.map(({ refused }) => refused),
    ["token", "token"],
  );
  t.is(lines[1]!.sent, "010100000010", "without an answer the token stays");
  t.deepEqual(
    lines[2]!.journal.map(({ refused }) => refused),
    [undefined, "token", undefined],
    "the second one, and the command",
  );
  t.true(lines[2]!.isKnown);
  t.is(lines[2]!.sent.slice(-2), "01");
  t.is(lines[3]!.sent.slice(-2), "01", "after the reset");
});

test("requests without answers: two, then a pause that doubles up to six hours", async (t) => {
  const lines = await run(t, "?", "?", ">0", ">0", ">0", "+900000", ">0", "+1800000", ">0", "+86400000", ">0");
  t.deepEqual(
    lines.map(({ sent, wakeIn }) => [sent.length / 2, wakeIn]),
    [
      [6, -1],
      [6, 900],
      [0, 900],
      [6, 1800],
      [6, 3600],
      [6, 7200],
    ],
  );
});

test("requests that resets interrupt count a quarter, so that payloads do not wait for ever; an answer to one of them is right", async (t) => {
  const interrupted = (count: number) => Array<string>(count).fill("*0");
  const lines = await run(t, "?", "?", ...interrupted(7), ">0", "~", "?", "?", ...interrupted(8), ">0");
  t.like(lines[0], { isTimeDue: false, wakeIn: 900 }, "the eighth, and to its end: two that are whole");
  t.is(lines[0]!.sent.length / 2, 6);
  t.like(lines[1], { isTimeDue: false, sent: "", wakeIn: 900 });
  const [after] = await run(t, "?", "?", "+1000", "*100", "+5000", answer(gpsJune - 1, 0), ">0");
  t.true(isNear(after!.zero, june * 1000 + 500 - 1100));
});

test("a payload of which a bit was flipped, or that was cut off, sets no time that no clock has, and harms nothing", async (t) => {
  const whole = Buffer.concat([Buffer.of(0), Buffer.from(answer(gpsJune, 0).slice(1), "hex"), Buffer.of(2, 3, 3, 1)]);
  const mutants = [...whole.keys()].flatMap((at) => [
    whole.subarray(0, at),
    ...Array.from({ length: 8 }, (_, bit) =>
      Buffer.from(whole.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte))),
    ),
  ]);
  const steps = mutants.flatMap((mutant) => [
    "~",
    "?",
    "?",
    ">0",
    `<${mutant.toString("hex")}`,
    ">0",
    "+3600000",
    ">0",
  ]);
  const lines = await run(t, ...steps);
  t.is(lines.length, 3 * mutants.length);
  let refused = 0;
  mutants.forEach((mutant, i) => {
    const { zero, sent } = lines[3 * i + 1]!;
    t.true(sent.length / 2 <= 51);
    if (zero === 0) return void refused++;
    t.true(zero > Date.UTC(2024, 0) && zero < Date.UTC(2100, 0));
    // It is the correction that stands in the payload, wherever an earlier command ends.
    const at = [0, 1, 2, 3].find((from) => mutant[from] === 1 && mutant.length >= from + 6)!;
    t.true(isNear(zero, (mutant.readInt32LE(at + 1) + 315964800 - 18) * 1000 + 500), mutant.toString("hex"));
    t.is(mutant[at + 5]! & 15, 0);
  });
  t.log(`${mutants.length} payloads, ${refused} without a time`);
  t.true(refused > 20);
});

test("an answer an hour late is refused; the next request has another token, so that an answer to the old one does not fit it", async (t) => {
  const lines = await run(t, "?", "?", ">0", "+3600001", answer(gpsJune, 0), ">0", answer(gpsJune, 0), ">0");
  t.deepEqual(
    lines.map(({ journal }) => journal.map(({ refused }) => refused)),
    [[], ["late"], ["token"]],
  );
  t.is(lines[1]!.sent.slice(-2), "11");
  t.false(lines[2]!.isKnown);
});

test("an answer after a deep sleep counts from the request, with the error that the sleep adds", async (t) => {
  // By an RTC that is not known: 5 %. The network's answer waits for the next uplink.
  const lines = await run(t, "?", "?", "+1000", ">0", "=866000", answer(gpsJune - 1, 0), ">0");
  t.true(isNear(lines[1]!.zero, june * 1000 + 500 - 1000));
  t.true(isNear(lines[1]!.error, 1000 + 0.05 * 866_000));
  t.false(lines[1]!.isKnown);
  t.is(lines[1]!.isTimeDue, true, "it asks again");
});

test("times that no clock has are refused: before 2024, from 2100 on", async (t) => {
  for (const correction of [0, 1000, -5, 1387929617, 3787929600 - 0x100000000]) {
    const [, after] = await run(t, "?", "?", ">0", answer(correction, 0), ">0");
    t.like(after, { zero: 0, isKnown: false }, `${correction}`);
    t.deepEqual(after!.journal, [{ correction, refused: "implausible" }]);
  }
});

test("a correction that does not fit in 32 bits comes in two", async (t) => {
  // Section 3.2: the most, and what is left. Here up to 2060, of which a node may have the time.
  const wanted = 2524089618;
  const inWindow = `>0${answer(0x7fffffff, 0)}`;
  t.like((await run(t, inWindow, ">0"))[0], { sent: "" });
  const lines = await run(t, "?", "?", inWindow, ">0", answer(wanted - 0x7fffffff, 1), ">0");
  t.is(lines[1]!.sent, "01ffffff7f11");
  // To a node that the server has forced, too, whose network may answer DeviceTimeReq.
  t.is((await run(t, "<0301", inWindow, ">0"))[1]!.sent, "01ffffff7f11");
  t.true(isNear(lines[2]!.zero, (wanted + 315964800 - 18) * 1000 + 500));
  t.true(lines[2]!.isKnown);
});

test("a server that was wrong by more than DeviceTime can say is forgotten when it is right again", async (t) => {
  const most = `>0${answer(0x7fffffff, 0)}`;
  const lines = await run(
    t,
    "?",
    "?",
    most,
    `>0${answer(0x7fffffff, 1)}`,
    "+900000",
    ">0",
    answer(gpsJune - 898, 2),
    ">0",
  );
  // 2 * 0x7fffffff + 900 s, modulo 2^32.
  t.is(lines[2]!.sent, "018203000012");
  t.true(isNear(lines[3]!.zero, june * 1000 + 500 - 900_000), JSON.stringify(lines[3]));
});

test("a correction that contradicts the clock is taken only when the answer to another request says the same", async (t) => {
  const known = ["?", "?", ">0", answer(gpsJune, 0), "+100000"] as const;
  const resync = ["<0301", ">0"] as const;
  // Within what the clock may be off by, of 1 s for each of the answers and 1 s more.
  const [, , small] = await run(t, ...known, ...resync, answer(2, 1), ">0");
  t.true(isNear(small!.zero, june * 1000 + 2500));
  const [, , once, twice] = await run(t, ...known, ...resync, answer(86400, 1), ">0", "+60000", ">0");
  t.true(isNear(once!.zero, june * 1000 + 500));
  t.is(once!.wakeIn, 60);
  t.deepEqual(once!.journal.at(-1), { correction: 86400, refused: "contradicts the clock" });
  t.is(twice!.sent.slice(-2), "02", "it asks again");
  const [, inWindow, next] = await run(t, ...known, "<0301", `>0${answer(86400, 1)}`, "+60000", ">0");
  t.is(inWindow!.wakeIn, 60);
  t.is(next!.sent.slice(-2), "02", "also after an answer in the request's own windows");
  const again = [...known, ...resync, answer(86400, 1), "+60000", ">0"];
  for (const [correction, change] of [
    [0, 0],
    [-86400, 0],
    [86400, 86400],
  ] as const) {
    const { zero } = (await run(t, ...again, answer(correction, 2), ">0")).at(-1)!;
    t.true(isNear(zero, (june + change) * 1000 + 500), `${correction}`);
  }
});

test("DeviceTimeAns is better: it ends what is asked, and what the server says after it is refused", async (t) => {
  const lines = await run(t, "?", "?", ">0", `?${june}`, answer(5, 0), ">0", "?", ">0");
  t.like(lines[1], { isTimeDue: "no", error: 100, sent: "" });
  t.deepEqual(
    lines[1]!.journal.map(({ refused }) => refused),
    ["token"],
  );
  t.is(lines[2]!.isTimeDue, "no", "one without an answer");
});

test("the server's period: answered with the node's time, followed to half a minute, also over deep sleep and resets", async (t) => {
  const at = (n: number) => gpsJune + n;
  const hex = (seconds: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(seconds);
    return bytes.toString("hex");
  };
  const lines = await run(t, `?${june}`, "+2000", "<0203", ">0", "!", ">0", "=900000", ">0", "+124000", ">0", ">0");
  t.is(lines[0]!.sent, `0200${hex(at(2))}`);
  // 128 * 2^3 s, less 30 s: random() is 0.
  t.is(lines[0]!.wakeIn, 994);
  t.deepEqual([lines[1]!.sent, lines[1]!.wakeIn], ["", 994], "a reset");
  t.is(lines[2]!.wakeIn, 94);
  // An answer is required, since the RTC is not known.
  t.is(lines[3]!.sent, `01${hex(at(1026))}10`);
  t.deepEqual([lines[3]!.wakeIn, lines[4]!.sent], [994, ""]);
});

test("a clock that ForceDeviceResyncCmd wants checked asks so often, a minute apart, and no more once it is answered", async (t) => {
  const start = [`?${june}`, "<0303", ">0"];
  const lines = await run(t, ...start, ">0", "+60000", ">0", "+60000", ">0", "+600000", ">0");
  t.deepEqual(
    lines.map(({ sent, wakeIn }) => [sent.length / 2, wakeIn]),
    [
      [6, 60],
      [0, 60],
      [6, 60],
      [6, -1],
      [0, -1],
    ],
  );
  t.is(Number.parseInt(lines[0]!.sent.slice(-2), 16) & 0x10, 0, "AnsRequired is 0");
  t.like((await run(t, ...start, answer(0, 0), ">0")).at(-1), { wakeIn: -1 });
  t.deepEqual(
    (await run(t, `?${june}`, "<0301", ">0<0302", ">0", ">0")).map(({ sent }) => sent.length / 2),
    [6, 6, 0],
    "a command in the windows of a request",
  );
  t.like((await run(t, `?${june}`, "<0300", ">0")).at(-1), { sent: "", wakeIn: -1 }, "none: discarded");
});

test("each command is answered, in its order, what does not fit with the next uplink", async (t) => {
  const [first, second, third] = await run(t, `?${june}`, "<00020500030177", ">0/11", ">0/11", ">0/11");
  t.is(first!.sent.slice(0, 10), "0001020200", "PackageVersionAns, DeviceAppTimePeriodicityAns");
  t.is(first!.sent.length / 2, 9);
  t.is(second!.sent.slice(0, 8), "00010201", "PackageVersionAns, AppTimeReq");
  t.is(third!.sent, "");
  const [, fifth] = await run(t, "<0000000000", ">0", ">0");
  t.is(fifth!.sent, "", "not more than four");
  t.is((await run(t, "<0102030405", ">0"))[0]!.sent, "", "cut off");
});
