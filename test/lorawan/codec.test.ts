import { readFile } from "node:fs/promises";
import vm from "node:vm";
import test from "ava";
import {
  refusals,
  splitUpdateStatus,
  updateEvents,
  type InForce,
  type UpdateStatus,
} from "../../device/codec/update.js";
import { limitNames, limitRanges } from "../../device/codec/settings.js";
import { nameHash, type SettingsInForce, type SettingsReport } from "../../device/codec/settingsreport.js";
import { encodeUtf8 } from "../../device/codec/utf8.js";
import { mergeSettings } from "../../host-tools/script/settingsView.js";
import * as codec from "../../device/codec/codec.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import { Random } from "../../host-tools/lib/random.js";

interface Formatter {
  decodeUplink(input: { bytes: number[]; fPort: number }): { data?: unknown; errors?: string[] };
  encodeDownlink(input: { data: unknown }): { bytes?: number[]; fPort?: number; errors?: string[] };
  decodeDownlink(input: { bytes: number[]; fPort: number }): { data?: unknown; errors?: string[] };
}

/** The formatter as a network server runs it: a script in a context of its own, without modules. */
const formatter = (async () => {
  const source = await readFile(new URL("../../host-tools/gateway/payload-formatter.js", import.meta.url), "utf8");
  const context = vm.createContext({});
  new vm.Script(source).runInContext(context);
  return context as unknown as Formatter;
})();

/** Typed arrays become lists, absent fields go: what JSON would show. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, inner: unknown) => (inner instanceof Int8Array ? [...inner] : inner)));

const random = new Random("codec");
const stamp = () => ({ sequence: random.int(0, 65535), time: random.int(0, 0xffffffff) });
const verdict = () => ({ ...stamp(), label: random.int(0, 255), confidence: random.int(0, 255) / 255 });

function randomReport(): codec.Report {
  return { ...verdict(), actions: random.int(0, 255), count: random.pick([1, random.int(1, 255)]) };
}
function randomFaults(): codec.FaultReport {
  const fault = (): codec.Fault => {
    const kind = random.pick(codec.faultKinds);
    const count = random.int(1, 65535);
    if (random.uniform() > 0.7) return { kind, count };
    return codec.hasCause(kind)
      ? { kind, cause: random.pick(codec.causesOf(kind)), count }
      : { kind, sensor: random.int(0, 14), count };
  };
  return { ...stamp(), faults: Array.from({ length: random.int(1, 10) }, fault) };
}
function randomHealth(): codec.Health {
  const resets = { power: 0, reset: 0, watchdog: 0, panic: 0, brownout: 0 };
  for (const cause of codec.restartCauses) resets[cause] = random.int(0, 255);
  return {
    ...stamp(),
    safeMode: random.uniform() < 0.5,
    battery: random.int(0, 255),
    millivolts: random.int(0, 65535),
    restarts: Object.values(resets).reduce((sum, count) => sum + count),
    resets,
    heapPeak: random.int(0, 65535) * 16,
    stackPeak: random.int(0, 65535),
    duty: random.int(0, 255) / 255,
    airtime: random.int(0, 65535) / 10,
    erases: random.int(0, 0xffffff),
    firmware: `${random.int(0, 255)}.${random.int(0, 255)}.${random.int(0, 255)}`,
    script: random.int(0, 65535),
  };
}
function randomStatus(): UpdateStatus {
  const inForce = (): InForce => ({ sequence: random.int(0, 0xffffffff), version: random.int(0, 65535) });
  return {
    ...stamp(),
    event: random.pick(updateEvents),
    reason: random.pick(refusals),
    subject: random.int(0, 0xffffffff),
    newest: random.int(0, 0xffffffff),
    script: inForce(),
    model: inForce(),
    settings: inForce(),
    settingsHash: random.int(0, 0xffffffff),
  };
}
function randomSettings(): SettingsInForce {
  const limit = ([least, most]: readonly [number, number]): number => random.int(Math.ceil(least), most);
  return {
    threshold: random.int(0, 65535) / 65535,
    everySeconds: random.int(0, 3) > 0 ? random.int(1000, 86_400_000) / 1000 : random.int(86_401, 604_800),
    limits: Object.fromEntries(limitNames.map((name) => [name, limit(limitRanges[name])])) as SettingsInForce["limits"],
    offsets: Array.from({ length: random.int(1, 15) }, () => random.normal() * 10 ** random.int(-3, 4)),
    classes: Array.from({ length: random.int(2, random.pick([6, 255])) }, (_, i) =>
      "\u6c34".repeat(random.int(0, random.pick([3, 30]))).concat(`c${i}`),
    ),
  };
}
const randomNetwork = (): { network?: number } =>
  random.pick([{}, { network: 0 }, { network: random.int(1, 0xffffffff) }]);
function randomDeferral(): codec.Deferral {
  const frames = random.int(1, 30);
  const features = random.int(1, 40);
  const data = Int8Array.from(random.bytes(frames * features));
  return {
    ...verdict(),
    ...(random.uniform() < 0.8 ? { window: { frames, features, data, ...randomNetwork() } } : {}),
    ...(random.uniform() < 0.5 ? { embedding: Int8Array.from(random.bytes(random.int(1, 48))) } : {}),
  };
}

test("payloads decode to what was encoded, and the payload formatter for network servers agrees", async (t) => {
  const { decodeUplink } = await formatter;
  for (let i = 0; i < 3000; i++) {
    const report = randomReport();
    const faults = randomFaults();
    const health = randomHealth();
    const status = randomStatus();
    const values = { ...stamp(), values: Array.from({ length: random.int(1, 8) }, () => Math.fround(random.normal())) };
    const text = { ...stamp(), text: random.pick(["dry", "20 °C", "水", "a\u{1f33f}"]) };
    const payloads: [number, Uint8Array, unknown][] = [
      [codec.ports.report, codec.encodeReport(report), { kind: "report", ...report }],
      [codec.ports.fault, codec.encodeFaultReport(faults), { kind: "fault", ...faults }],
      [codec.ports.health, codec.encodeHealth(health, 30), { kind: "health", ...health }],
      [codec.ports.health, codec.encodeHealth(health, random.int(11, 29)), undefined],
      [codec.ports.update, codec.encodeUpdateStatus(status, 39), { kind: "update", ...status }],
      [codec.ports.update, codec.encodeUpdateStatus(status, random.int(11, 38)), undefined],
      [codec.ports.update, random.pick(splitUpdateStatus(codec.encodeUpdateStatus(status, 39), 11)), undefined],
      [codec.ports.app, codec.encodeAppMessage(values), { kind: "app", ...values }],
      [codec.ports.app, codec.encodeAppMessage(text), { kind: "app", ...text }],
      [codec.ports.deferral, codec.encodeDeferral(randomDeferral(), random.int(9, 242)), undefined],
      [codec.ports.settings, random.pick(codec.encodeSettingsReport(randomSettings(), stamp().time)), undefined],
    ];
    for (const [port, bytes, expected] of payloads) {
      const ours = plain(codec.decodeUplink(port, bytes));
      if (expected) t.deepEqual(ours, plain(expected));
      const theirs = decodeUplink({ bytes: [...bytes], fPort: port });
      t.deepEqual(plain(theirs.data), ours, theirs.errors?.join());
    }
  }
});

test("random bytes: both decoders accept and refuse the same, with the same messages", async (t) => {
  const { decodeUplink, decodeDownlink } = await formatter;
  let taken = 0;
  for (let i = 0; i < 20000; i++) {
    const bytes = random.bytes(random.int(0, 40));
    if (bytes.length > 0 && random.uniform() < 0.9) bytes[0] = 0x10 | random.int(0, 4);
    const port = random.pick([10, 11, 12, 13, 14, 15, 16, 20, random.int(1, 223)]);
    const theirs =
      port === 20
        ? decodeDownlink({ bytes: [...bytes], fPort: port })
        : decodeUplink({ bytes: [...bytes], fPort: port });
    try {
      const ours = port === 20 ? codec.decodeDecision(bytes) : codec.decodeUplink(port, bytes);
      t.deepEqual(plain(theirs.data), plain(ours));
      taken++;
    } catch (error) {
      if (!(error instanceof codec.PayloadError)) throw error;
      t.is(theirs.data, undefined);
      t.is(theirs.errors?.join(), error.message);
    }
  }
  t.true(taken > 300, `${taken}`);
});

test("decisions: the payload formatter's bytes are the node's", async (t) => {
  const { encodeDownlink } = await formatter;
  for (let i = 0; i < 1000; i++) {
    const { sequence, label, confidence } = verdict();
    const decision = { sequence, label, confidence };
    const theirs = encodeDownlink({ data: decision });
    t.deepEqual(theirs.bytes, [...codec.encodeDecision(decision)]);
    t.is(theirs.fPort, codec.ports.decision);
    t.deepEqual(codec.decodeDecision(Uint8Array.from(theirs.bytes!)), decision);
  }
  t.deepEqual(plain(encodeDownlink({ data: { sequence: -1, label: 0, confidence: 1 } })), {
    errors: ["sequence -1: an integer from 0 to 65535 expected"],
  });
});

test("acknowledgements name what they were made of, and random bytes are read or refused with a reason", (t) => {
  let taken = 0;
  for (let i = 0; i < 5000; i++) {
    const first = random.int(0, 65535);
    const map = random.bytes(random.int(1, 32));
    const bytes = codec.encodeReceived({ first, map });
    const received = codec.decodeReceived(bytes);
    t.is(bytes.length, 3 + map.length);
    const at = random.int(0, 65535);
    const isNamed = at < 8 * map.length && ((map[at >> 3]! >> (at & 7)) & 1) === 1;
    // Of sequence numbers the lower 16 bits count.
    if (codec.isReceived(received, first + at + 65536 * random.int(0, 9)) !== isNamed) t.fail(`${first} + ${at}`);
    const noise = random.bytes(random.int(0, 50));
    if (noise.length > 0 && random.uniform() < 0.9) noise[0] = 0x10;
    try {
      const { map: read } = codec.decodeReceived(noise);
      t.true(read.length >= 1 && read.length <= 32);
      taken++;
    } catch (error) {
      if (!(error instanceof codec.PayloadError)) throw error;
    }
  }
  t.true(taken > 1000, `${taken}`);
  for (const [bytes, message] of [
    [[], "acknowledgement: 0 bytes, at least 4 expected"],
    [[0x10, 0, 1], "acknowledgement: 3 bytes, at least 4 expected"],
    [[0x20, 0, 1, 1], "acknowledgement: version 2, this codec reads version 1"],
    [[0x11, 0, 1, 1], "acknowledgement: unknown flags 1"],
    [[0x10, ...new Uint8Array(35)], "acknowledgement: 36 bytes, at most 35 expected"],
  ] as [number[], string][])
    t.throws(() => codec.decodeReceived(Uint8Array.from(bytes)), { instanceOf: codec.PayloadError, message });
});

test("acknowledgements: the payload formatter writes and reads what the node does", async (t) => {
  const { encodeDownlink, decodeDownlink } = await formatter;
  for (let i = 0; i < 2000; i++) {
    const first = random.int(0, 65535);
    const others = Array.from({ length: random.int(0, 30) }, () => random.int(1, 255));
    const received = [0, ...new Set(others.sort((a, b) => a - b))].map((at) => (first + at) & 0xffff);
    const { bytes, fPort } = encodeDownlink({ data: { received } });
    t.is(fPort, codec.ports.acknowledgement);
    const read = codec.decodeReceived(Uint8Array.from(bytes!));
    const named = Array.from({ length: 65536 }, (_, sequence) => sequence).filter((sequence) =>
      codec.isReceived(read, sequence),
    );
    t.deepEqual(
      named,
      [...received].sort((a, b) => a - b),
    );
    t.deepEqual([...codec.encodeReceived(read)], bytes);
    t.deepEqual(plain(decodeDownlink({ bytes: bytes!, fPort: fPort! })), {
      data: { received },
      warnings: [],
      errors: [],
    });
    const noise = random.bytes(random.int(0, 40));
    if (noise.length > 0 && random.uniform() < 0.9) noise[0] = 0x10;
    const theirs = decodeDownlink({ bytes: [...noise], fPort: codec.ports.acknowledgement });
    try {
      codec.decodeReceived(noise);
      t.is(theirs.errors?.join(), "");
    } catch (error) {
      if (!(error instanceof codec.PayloadError)) throw error;
      t.is(theirs.errors?.join(), error.message);
    }
  }
  for (const [received, message] of [
    [[], "received: a list of sequence numbers expected"],
    [[1, 257], "sequence 257: less than 256 after the first one expected"],
    [[1, 65536], "sequence 65536: an integer from 0 to 65535 expected"],
  ] as [number[], string][])
    t.deepEqual(plain(encodeDownlink({ data: { received } })), { errors: [message] });
});

test("a report fits every usable data rate of every region", (t) => {
  const longest = codec.encodeReport({
    sequence: 65535,
    time: 0xffffffff,
    label: 5,
    confidence: 1,
    actions: 255,
    count: 255,
  }).length;
  t.is(longest, 11);
  for (const region of Object.values(regions))
    for (const room of [...region.maxPayload, ...(region.maxPayloadDwell ?? [])]) t.true(room === 0 || room >= longest);
});

test("a health report: each byte as docs/payloads.md says; a short form where there is little room; values that are too large are capped", (t) => {
  const health: codec.Health = {
    sequence: 0x0102,
    time: 0x03040506,
    safeMode: true,
    battery: 200,
    millivolts: 3712,
    restarts: 7,
    resets: { power: 1, reset: 0, watchdog: 4, panic: 2, brownout: 0 },
    heapPeak: 80_540,
    stackPeak: 350,
    duty: 0.2,
    airtime: 12.3,
    erases: 70_000,
    firmware: "1.22.3-rc.1",
    script: 258,
  };
  const stampBytes = [1, 2, 3, 4, 5, 6];
  t.deepEqual(
    [...codec.encodeHealth(health, 51)],
    [
      ...[0x12, ...stampBytes, 200, 3712 >> 8, 3712 & 255, 1, 0, 4, 2, 0],
      // 80,540 bytes are 5,034 times 16, rounded up.
      ...[5034 >> 8, 5034 & 255, 350 >> 8, 350 & 255, 51, 0, 123, 1, 0x11, 0x70, 1, 22, 3, 1, 2],
    ],
  );
  t.deepEqual([...codec.encodeHealth(health, 29)], [0x13, ...stampBytes, 200, 7, 79, 51]);
  const high = { ...health, resets: { ...health.resets, watchdog: 999 }, heapPeak: 1e9, airtime: 1e9, erases: 1e9 };
  t.like(codec.decodeHealth(codec.encodeHealth(high, 30)), {
    resets: { ...health.resets, watchdog: 255 },
    heapPeak: 65535 * 16,
    airtime: 6553.5,
    erases: 0xffffff,
  });
  t.is(codec.decodeHealth(codec.encodeHealth({ ...health, firmware: "?" }, 30)).firmware, "0.0.0");
  for (const region of Object.values(regions))
    for (const room of [...region.maxPayload, ...(region.maxPayloadDwell ?? [])])
      t.true(room === 0 || codec.encodeHealth(health, room).length <= room);
});

const mergedReport = (payloads: readonly Uint8Array[]): SettingsReport =>
  payloads
    .map((bytes) => codec.decodeSettingsReport(bytes))
    .reduce((known: SettingsReport | undefined, next) => mergeSettings(known, next), undefined)!;

test("settings in force come back value by value, in payloads of any data rate: names that do not fit as their hash", (t) => {
  const rooms = Object.values(regions).flatMap(({ maxPayload, maxPayloadDwell = [] }) => [
    ...maxPayload,
    ...maxPayloadDwell,
  ]);
  for (let i = 0; i < 300; i++) {
    const settings = randomSettings();
    const whole = codec.encodeSettingsReport(settings, 7);
    t.true(whole.every(({ length }) => length <= 222));
    const room = random.pick([11, random.int(11, 242), random.pick(rooms.filter((one) => one >= 11))]);
    const pieces = whole.flatMap((bytes) => codec.splitSettingsReport(bytes, room));
    t.true(pieces.every(({ length }) => length <= room));
    // In whatever order they come.
    const { offsets, classes = {}, classHashes = {}, ...known } = mergedReport(pieces.toReversed());
    t.deepEqual(
      { threshold: known.threshold, everySeconds: known.everySeconds, limits: known.limits },
      { threshold: settings.threshold, everySeconds: settings.everySeconds, limits: settings.limits },
    );
    for (const [sensor, offset] of settings.offsets.entries())
      t.true(Math.abs(offsets![sensor]! - offset) <= Math.abs(offset) * 2 ** -16, `${offset}`);
    for (const [index, name] of settings.classes.entries()) {
      if (7 + 3 + encodeUtf8(name).length <= room) t.is(classes[index], name);
      else t.is(classHashes[index], nameHash(name));
    }
    t.is(Object.keys(classes).length + Object.keys(classHashes).length, settings.classes.length);
  }
});

test("settings in force: each byte as docs/payloads.md says", (t) => {
  const settings: SettingsInForce = {
    threshold: 0.8,
    everySeconds: 900,
    limits: {
      seconds: 0.5,
      bytes: 20480,
      stack: 384,
      actuationsPerHour: 120,
      uplinksPerDay: 48,
      storageBytes: 512,
      calls: 200,
      timersPerHour: 120,
    },
    offsets: [0, -1.5],
    classes: ["dry", "x".repeat(40)],
  };
  const [bytes, ...none] = codec.encodeSettingsReport(settings, 0x03040506);
  t.is(none.length, 0);
  t.is(bytes![0]! >> 4, 1);
  t.deepEqual(
    [...bytes!.subarray(1)],
    [
      ...[0, 0, 3, 4, 5, 6],
      ...[0x00, 0, 52428 >> 8, 52428 & 255],
      ...[0x10, 0x0d, 0xbb, 0xa0],
      ...[0x20, 0, 500 >> 8, 500 & 255, 0x21, 0, 0x50, 0, 0x22, 0, 1, 0x80, 0x23, 0, 0, 120],
      ...[0x24, 0, 0, 48, 0x25, 0, 2, 0, 0x26, 0, 0, 200, 0x27, 0, 0, 120],
      // -1.5 is 0xbfc00000.
      ...[0x30, 0, 0, 0, 0x31, 0xbf, 0xc0, 0],
      ...[0x50, 0, 3, ...Buffer.from("dry"), 0x50, 1, 40, ...Buffer.from("x".repeat(40))],
    ],
  );
  // FNV-1a of "foobar" is 0xbf9cf968, in its authors' test vectors.
  t.is(nameHash("foobar"), (0xbf9cf968 ^ 0xbf9) & 0xfffff);
  const last = codec.splitSettingsReport(bytes!, 11).at(-1)!;
  t.deepEqual(
    [...last.subarray(7)],
    [
      0x40,
      ...(0x100000 | nameHash("x".repeat(40)))
        .toString(16)
        .padStart(6, "0")
        .match(/../g)!
        .map((two) => parseInt(two, 16)),
    ],
  );
  t.throws(() => codec.splitSettingsReport(bytes!, 10), { instanceOf: RangeError });
});

test("hostile settings reports: every bit flipped, every truncation, both decoders alike, and nothing but values in range", async (t) => {
  const { decodeUplink } = await formatter;
  const [good] = codec.encodeSettingsReport({ ...randomSettings(), classes: ["dry", "\u6c34"], offsets: [1, -2] }, 1);
  const bad = [
    ...Array.from({ length: good!.length }, (_, length) => good!.slice(0, length)),
    ...Array.from({ length: 8 * good!.length }, (_, bit) => {
      const flipped = good!.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      return flipped;
    }),
  ];
  let refused = 0;
  for (const bytes of bad) {
    const theirs = decodeUplink({ bytes: [...bytes], fPort: 16 });
    try {
      const ours = codec.decodeUplink(16, bytes) as SettingsReport;
      t.deepEqual(plain(theirs.data), plain(ours));
      t.true((ours.threshold ?? 0) <= 1);
      t.true((ours.everySeconds ?? 1) >= 0.001 && (ours.everySeconds ?? 1) <= 604_800);
      t.true(Object.values(ours.offsets ?? {}).every(Number.isFinite));
      t.true(Object.keys(ours.limits ?? {}).every((name) => (limitNames as string[]).includes(name)));
    } catch (error) {
      if (!(error instanceof codec.PayloadError)) throw error;
      t.is(theirs.errors?.join(), error.message);
      refused++;
    }
  }
  t.true(refused > good!.length / 2, `${refused}`);
});

const frames = 15;
const features = 24;
const smooth = Int8Array.from({ length: frames * features }, (_, i) =>
  Math.round(60 * Math.sin(i / features / 4 + (i % features))),
);

test("a deferral is sized to the maximum payload: whole, then shortened, then the embedding, then the verdict alone", (t) => {
  const deferral: codec.Deferral = {
    sequence: 1,
    time: 2,
    label: 3,
    confidence: 0.4,
    window: { frames, features, data: smooth },
    embedding: new Int8Array(16).fill(7),
  };
  const at = (room: number) => {
    const bytes = codec.encodeDeferral(deferral, room);
    t.true(bytes.length <= room);
    return codec.decodeDeferral(bytes);
  };
  t.deepEqual(at(400).window?.data, smooth);
  t.like(at(400), { content: "window", pool: 1, bits: 8 });
  t.is(at(242).content, "window");
  t.is(at(51).content, "window");
  t.like(at(25), { content: "window", bits: 4, pool: 15 });
  t.like(
    codec.decodeDeferral(
      codec.encodeDeferral({ ...deferral, window: { frames: 2, features: 200, data: new Int8Array(400) } }, 51),
    ),
    { content: "embedding", embedding: deferral.embedding },
  );
  t.is(at(20).content, "none");
  const error = (room: number) => at(room).window!.data.reduce((sum, value, i) => sum + (value - smooth[i]!) ** 2, 0);
  t.true(error(242) <= error(115) && error(115) <= error(51));
});

test("a deferral says which network its window is of, whatever it is compressed to: four bytes for a package's, none for the firmware's own", (t) => {
  const of = (network: number | undefined, room: number) => {
    const window = { frames, features, data: smooth, ...(network !== undefined && { network }) };
    return codec.encodeDeferral({ sequence: 1, time: 2, label: 3, confidence: 0.4, window }, room);
  };
  for (const room of [400, 242, 51, 29])
    for (const network of [undefined, 0, 7, 0xffffffff]) {
      const bytes = of(network, room);
      t.true(bytes.length <= room);
      const { window } = codec.decodeDeferral(bytes);
      t.is(window?.network, network);
      t.deepEqual(codec.decodeDeferral(codec.encodeDeferral(codec.decodeDeferral(bytes), 29)).window?.network, network);
    }
  t.is(of(0, 400).length, of(undefined, 400).length);
  t.is(of(7, 400).length, of(undefined, 400).length + 4);
  t.deepEqual([...of(7, 400).subarray(12, 16)], [0, 0, 0, 7]);
  const bad = (first: number, bytes = of(7, 400)) => bytes.with(0, first);
  for (const bytes of [
    bad(0x1d),
    bad(0x17),
    bad(0x1b),
    bad(0x14),
    bad(0x18),
    of(7, 400).with(15, 0),
    of(7, 400).subarray(0, 14),
  ])
    t.throws(() => codec.decodeDeferral(bytes), { instanceOf: codec.PayloadError });
});

test("reports of the same verdict merge, others do not", (t) => {
  const report: codec.Report = { sequence: 7, time: 100, label: 1, confidence: 0.8, actions: 0, count: 2 };
  const merged = codec.mergeReports(report, { ...report, sequence: 8, time: 1000, confidence: 0.95, count: 1 });
  t.like(merged, { sequence: 7, time: 100, count: 3 });
  t.true(Math.abs(merged!.confidence - 0.85) < 1e-9);
  t.is(codec.mergeReports(report, { ...report, label: 2 }), undefined);
  t.is(codec.mergeReports(report, { ...report, actions: 1 }), undefined);
  t.is(codec.mergeReports({ ...report, count: 255 }, report), undefined);
});

for (const [what, make] of Object.entries({
  "a confidence of 2": () => codec.encodeReport({ ...randomReport(), confidence: 2 }),
  "a label of 300": () => codec.encodeReport({ ...randomReport(), label: 300 }),
  "no fault": () => codec.encodeFaultReport({ ...stamp(), faults: [] }),
  "a sensor of 16": () => codec.encodeFaultReport({ ...stamp(), faults: [{ kind: "stuck", sensor: 16, count: 1 }] }),
  "10 bytes for a health report": () => codec.encodeHealth(randomHealth(), 10),
  "an acknowledgement of 33 bytes of bitmap": () => codec.encodeReceived({ first: 1, map: new Uint8Array(33) }),
  "an acknowledgement of nothing": () => codec.encodeReceived({ first: 1, map: new Uint8Array(0) }),
  "8 bytes for a deferral": () => codec.encodeDeferral(randomDeferral(), 8),
})) {
  test(`${what} is refused`, (t) => void t.throws(make, { instanceOf: RangeError }));
}
