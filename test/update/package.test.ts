import test from "ava";
import {
  checkOutline,
  encodePackage,
  maxNameBytes,
  modelAlignment,
  readPackage,
  signatureBytes,
  type PackageHead,
} from "../../device/codec/package.js";
import { decodeSettings, encodeSettings, limitNames, type Settings } from "../../device/codec/settings.js";
import { PackageError } from "../../device/codec/update.js";
import { decodeUtf8, encodeUtf8, isUtf8 } from "../../device/codec/utf8.js";
import { Random } from "../../host-tools/lib/random.js";

const random = new Random("packages");

const randomHead = (): PackageHead => ({
  sequence: random.int(0, 0xffffffff),
  profile: Uint8Array.from(random.bytes(8)),
  apiLevel: random.int(0, 255),
  languageLevel: random.int(0, 255),
  version: random.int(0, 65535),
  name: random.pick(["", "valve", "Bewässerung", "水", "🌱 loam"]),
});

const signed = (bytes: Uint8Array): Uint8Array => Buffer.concat([bytes, Buffer.alloc(signatureBytes, 7)]);

function randomContents() {
  const some = (): Uint8Array => Uint8Array.from(random.bytes(random.pick([0, 1, 127, 128, 300, 16384])));
  const all = { script: some(), model: some(), normalizer: some(), vectors: some(), settings: some() };
  return {
    ...(random.chance(0.6) && { script: all.script }),
    ...(random.chance(0.5) && { model: all.model, normalizer: all.normalizer, vectors: all.vectors }),
    ...(random.chance(0.3) && { settings: all.settings }),
  };
}

const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof PackageError) return error.reason;
    throw error;
  }
  return "taken";
};

test("what was encoded is read again, a model at a multiple of 16", (t) => {
  for (let i = 0; i < 400; i++) {
    const head = randomHead();
    const contents = randomContents();
    if (Object.keys(contents).length === 0) continue;
    const bytes = signed(encodePackage(head, contents));
    checkOutline(bytes);
    const { sections, back, ...read } = readPackage(bytes);
    t.deepEqual(back, []);
    t.deepEqual({ ...read, profile: Uint8Array.from(read.profile) }, head);
    t.deepEqual(
      Object.entries(sections).map(([name, content]) => [name, Buffer.from(content)]),
      Object.entries(contents).map(([name, content]) => [name, Buffer.from(content)]),
    );
    if (sections.model) t.is((sections.model.byteOffset - bytes.byteOffset) % modelAlignment, 0);
  }
});

test("each byte, as docs/packages.md says", (t) => {
  const bytes = encodePackage(
    {
      sequence: 0x01020304,
      profile: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
      apiLevel: 9,
      languageLevel: 10,
      version: 0x0b0c,
      name: "ab",
    },
    { script: encodeUtf8("x"), settings: Uint8Array.of(1, 0xff, 0xff) },
  );
  t.is(
    Buffer.from(bytes).toString("hex"),
    "4c50" +
      "01" +
      "05" +
      "67000000" +
      "04030201" +
      "0102030405060708" +
      "090a" +
      "0c0b" +
      "02" +
      "6162" +
      "01010000" +
      "78" +
      "05030000" +
      "01ffff",
  );
});

test("a structure that is not encodePackage's is refused by name", (t) => {
  const head = { ...randomHead(), name: "waterlily" };
  const good = encodePackage(head, { script: encodeUtf8("app"), settings: Uint8Array.of(1, 0, 0) });
  const nameEnd = 25 + good[24]!;
  const fix = (bytes: Uint8Array): Uint8Array => {
    const whole = signed(bytes);
    new DataView(whole.buffer, whole.byteOffset).setUint32(4, whole.length, true);
    return whole;
  };
  const changed = (at: number, value: number): Uint8Array => {
    const copy = good.slice();
    copy[at] = value;
    return fix(copy);
  };
  const body = Buffer.from(good.subarray(nameEnd));
  const unsectioned = good.slice(0, nameEnd);
  const withBody = (...parts: Uint8Array[]): Uint8Array => fix(Buffer.concat([good.subarray(0, nameEnd), ...parts]));
  t.is(
    refusal(() => readPackage(fix(good))),
    "taken",
  );
  for (const [what, bytes, reason] of [
    ["no magic", changed(0, 0x4d), "malformed"],
    ["another format", changed(2, 2), "unknown format"],
    ["an unknown flag", changed(3, 5 | 16), "unknown section"],
    ["sections in a package that brings predecessors back", changed(3, 5 | 8), "malformed"],
    ["predecessors of nothing", (() => ((unsectioned[3] = 8), fix(unsectioned)))(), "malformed"],
    ["a flag without its section", changed(3, 7), "malformed"],
    ["a section without its flag", changed(3, 1), "malformed"],
    ["a name that is too long", changed(24, maxNameBytes + 1), "malformed"],
    ["a section of type 0", changed(nameEnd, 0), "unknown section"],
    ["a section of type 6, such as a resource", changed(nameEnd, 6), "unknown section"],
    ["two scripts", withBody(body.subarray(0, 7), body), "malformed"],
    ["sections in another order", withBody(body.subarray(7), body.subarray(0, 7)), "malformed"],
    ["a section that goes on into the signature", changed(nameEnd + 1, 200), "malformed"],
    ["a byte after the last section", withBody(body, Uint8Array.of(0)), "unknown section"],
    ["half a length", withBody(body, Uint8Array.of(5, 0, 0)), "malformed"],
    ["a script that is longer than any package", withBody(Uint8Array.of(1, 0xff, 0xff, 0xff)), "malformed"],
    ["no section", withBody(), "malformed"],
    ["nothing", new Uint8Array(0), "wrong length"],
    ["less than it says", fix(good).subarray(0, -1), "wrong length"],
    ["more than it says", Buffer.concat([fix(good), Buffer.of(0)]), "wrong length"],
  ] as const)
    t.is(
      refusal(() => readPackage(bytes)),
      reason,
      what,
    );
  t.is(
    refusal(() =>
      readPackage(signed(encodePackage(randomHead(), { model: Uint8Array.of(1), vectors: Uint8Array.of() }))),
    ),
    "malformed",
    "a model without a normalizer",
  );
});

test("no flipped or random byte makes the reader read beyond the package, or fail otherwise than by name", (t) => {
  const good = signed(encodePackage(randomHead(), { script: encodeUtf8("app"), settings: Uint8Array.of(1, 0, 0) }));
  for (let i = 0; i < 20_000; i++) {
    const bytes = Uint8Array.from(good);
    for (let n = random.int(1, 3); n > 0; n--) bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
    if (refusal(() => readPackage(bytes)) === "taken")
      for (const content of Object.values(readPackage(bytes).sections))
        t.true(content.byteOffset + content.length <= bytes.length - signatureBytes);
  }
  t.pass();
});

test("settings are read as they were written; other bytes are refused by name", (t) => {
  for (let i = 0; i < 500; i++) {
    const settings: Settings = {
      ...(random.chance(0.5) && { threshold: random.int(0, 65535) / 65535 }),
      ...(random.chance(0.5) && { everySeconds: random.int(1, 86400) }),
      ...(random.chance(0.5) && { classes: { [random.int(0, 255)]: random.pick(["dry", "trocken", "水"]) } }),
      ...(random.chance(0.5) && { offsets: { [random.int(0, 14)]: Math.fround(random.uniform(-9, 9)) } }),
      ...(random.chance(0.5) && { limits: { [random.pick(limitNames)]: random.int(0, 4_000_000) } }),
    };
    t.deepEqual(decodeSettings(encodeSettings(settings)), settings);
  }
  t.deepEqual(decodeSettings(encodeSettings({ limits: { seconds: 0.25 } })), { limits: { seconds: 0.25 } });
  for (const bytes of [
    [0],
    [6],
    [1, 0],
    [2, 0, 0, 0, 0],
    [3, 0, 0],
    [3, 0, 1, 0xff],
    [4, 0, 0, 0, 0xc0, 0x7f],
    [5, limitNames.length, 0, 0, 0, 0],
  ])
    t.is(
      refusal(() => decodeSettings(Uint8Array.from(bytes))),
      "bad settings",
      bytes.join(),
    );
});

test("UTF-8 as Node's, and nothing else", (t) => {
  for (const text of ["", "loam", "ß", "水", "🌱", "\u0000\uffff"]) {
    t.deepEqual(Buffer.from(encodeUtf8(text)), Buffer.from(text));
    t.is(decodeUtf8(Buffer.from(text)), text);
  }
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let i = 0; i < 20_000; i++) {
    const bytes = random.bytes(random.int(0, 4));
    let expected: string | undefined;
    try {
      expected = decoder.decode(bytes);
    } catch {
      expected = undefined;
    }
    t.is(decodeUtf8(bytes), expected, bytes.toString("hex"));
  }
});

test("a long text is one whatever characters its pieces end with; cut within one it is none", (t) => {
  for (const before of ["", "a", "ab", "abc"]) {
    const bytes = encodeUtf8(before + "😀".repeat(200));
    t.true(isUtf8(bytes));
    t.false(isUtf8(bytes.subarray(0, -1)));
    t.false(isUtf8(bytes.with(300, 0xff)));
  }
  t.false(isUtf8(new Uint8Array(600).fill(0x80)));
});
