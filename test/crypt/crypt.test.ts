import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { Random } from "../../host-tools/lib/random.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { baseY, bytesOf, d, numberOf, order, p, rootOfMinusOne, smallOrder, xOf } from "./signatures.js";

const folder = path.join(loamRoot, "native/crypt");
const coreFiles = ["ed25519", "point25519", "field25519", "sha256", "sha512", "sha2Table"];

function buildTest(): string {
  const built = path.join(buildRoot, "test");
  mkdirSync(built, { recursive: true });
  const program = path.join(built, `crypt-${process.pid}`);
  const sources = [
    path.join(loamRoot, "test/crypt/cryptTest.c"),
    ...coreFiles.map((name) => path.join(folder, `${name}.c`)),
  ];
  const flags = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1", "-g"];
  const sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover"];
  execFileSync(process.env["CC"] ?? "cc", [...flags, ...sanitizers, `-I${folder}`, ...sources, "-o", program]);
  return program;
}

const program = buildTest();

const hex = (bytes: Uint8Array): string => (bytes.length > 0 ? Buffer.from(bytes).toString("hex") : "-");

/** The core's answers, one a question. */
const ask = (questions: readonly string[]): string[] =>
  execFileSync(program, { input: questions.map((question) => `${question}\n`).join(""), encoding: "utf8" })
    .trim()
    .split("\n");

interface Signed {
  key: Uint8Array;
  signature: Uint8Array;
  message: Uint8Array;
}

const asked = ({ key, signature, message }: Signed, parts = 1): string =>
  `verify ${hex(key)} ${hex(signature)} ${hex(message)} ${parts}`;

const rawKey = (key: Uint8Array): Buffer => Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key]);

/** What Node's OpenSSL says. */
const byNode = ({ key, signature, message }: Signed): boolean =>
  verify(null, message, createPublicKey({ key: rawKey(key), format: "der", type: "spki" }), signature);

function newSigner(): { key: Buffer; sign(message: Uint8Array): Buffer } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  return { key, sign: (message) => sign(null, message, privateKey) };
}

test("constants: SHA-2's from roots of primes, the curve's from RFC 8032's definitions", (t) => {
  const primes: bigint[] = [];
  for (let n = 2n; primes.length < 80; n++) if (primes.every((prime) => n % prime)) primes.push(n);
  /** 64 bits of the fraction of the root. */
  const fraction = (prime: bigint, degree: bigint): bigint => {
    const shifted = prime << (64n * degree);
    let root = 0n;
    for (let bit = 1n << 68n; bit > 0n; bit >>= 1n) if ((root + bit) ** degree <= shifted) root += bit;
    return root & (2n ** 64n - 1n);
  };
  const source = (name: string): bigint[] =>
    [...readFileSync(path.join(folder, name), "utf8").matchAll(/0x[0-9a-f]{8,16}/g)].map(([text]) => BigInt(text));
  t.deepEqual(source("sha2Table.c"), [
    ...primes.slice(0, 8).map((prime) => fraction(prime, 2n)),
    ...primes.map((prime) => fraction(prime, 3n)),
  ]);
  const words = (value: bigint): bigint[] =>
    Array.from({ length: 8 }, (_, i) => (value >> BigInt(32 * i)) & 0xffffffffn);
  const x = xOf(baseY);
  t.deepEqual(
    source("point25519.c").filter((word) => word !== 0x7fffffffn),
    [d, (2n * d) % p, rootOfMinusOne, x, baseY, (x * baseY) % p].flatMap(words),
  );
  t.deepEqual(source("ed25519.c"), words(order));
});

test("SHA-256 and SHA-512 as Node's OpenSSL, every length to 300 bytes", (t) => {
  const random = new Random("1");
  const data = Array.from({ length: 301 }, (_, length) => random.bytes(length));
  for (const algorithm of ["sha256", "sha512"])
    t.deepEqual(
      ask(data.map((bytes) => `${algorithm} ${hex(bytes)}`)),
      data.map((bytes) => createHash(algorithm).update(bytes).digest("hex")),
    );
});

/** RFC 8032, section 7.1: public key, message, signature. */
const vectors: [name: string, key: string, message: string, signature: string][] = [
  [
    "TEST 1",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "TEST 2",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "TEST 3",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
  [
    "TEST SHA(abc)",
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  ],
];

for (const [name, key, message, signature] of vectors)
  test(`Ed25519: RFC 8032, ${name}`, (t) => {
    const signed = {
      key: Buffer.from(key, "hex"),
      message: Buffer.from(message, "hex"),
      signature: Buffer.from(signature, "hex"),
    };
    t.deepEqual(ask([asked(signed), asked(signed, 3)]), ["1", "1"]);
    t.deepEqual(ask([asked({ ...signed, message: Buffer.concat([signed.message, Buffer.of(0)]) })]), ["0"]);
  });

test("1,000 random signatures, each whole and with a bit of key, signature or message flipped: as Node's OpenSSL", (t) => {
  const random = new Random("2");
  const cases: Signed[] = [];
  for (let i = 0; i < 1000; i++) {
    const signer = newSigner();
    const message = random.bytes(random.int(1, 300));
    const good = { key: signer.key, signature: signer.sign(message), message };
    const parts = [Uint8Array.from(good.key), Uint8Array.from(good.signature), Uint8Array.from(message)] as const;
    const bad = parts[random.int(0, 2)]!;
    bad[random.int(0, bad.length - 1)]! ^= 1 << random.int(0, 7);
    cases.push(good, { key: parts[0], signature: parts[1], message: parts[2] });
  }
  const expected = cases.map((signed) => (byNode(signed) ? "1" : "0"));
  t.is(expected.filter((answer) => answer === "1").length, 1000);
  t.deepEqual(ask(cases.map((signed, i) => asked(signed, 1 + (i % 5)))), expected);
});

test("signatures that a careless verification takes are refused", (t) => {
  const signer = newSigner();
  const message = Buffer.from("loam");
  const signature = signer.sign(message);
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  const good = { key: signer.key, message, signature };
  const join = (first: Uint8Array, second: Uint8Array): Buffer => Buffer.concat([first, second]);
  const bad: [string, Signed][] = [
    ["S + L: malleable", { ...good, signature: join(r, bytesOf(numberOf(s) + order)) }],
    ["S + 8 L", { ...good, signature: join(r, bytesOf(numberOf(s) + 8n * order)) }],
    ["S is L", { ...good, signature: join(r, bytesOf(order)) }],
    ["S is 2^256 - 1", { ...good, signature: join(r, bytesOf(2n ** 256n - 1n)) }],
    ["S is 0", { ...good, signature: join(r, bytesOf(0n)) }],
    ["all of it 0", { ...good, signature: Buffer.alloc(64) }],
    ["R with its sign turned", { ...good, signature: join(bytesOf(numberOf(r) ^ (1n << 255n)), s) }],
    ["R is no point", { ...good, signature: join(bytesOf(2n), s) }],
    ["the key with its sign turned", { ...good, key: bytesOf(numberOf(signer.key) ^ (1n << 255n)) }],
    ["a key whose y is no point's", { ...good, key: bytesOf(2n) }],
    ["a key whose y is 2^255 - 1", { ...good, key: bytesOf(2n ** 255n - 1n) }],
    ...smallOrder.map((key): [string, Signed] => [
      `a key of small order, ${key}: R is neutral and S is 0`,
      { key: Buffer.from(key, "hex"), message, signature: join(bytesOf(1n), bytesOf(0n)) },
    ]),
  ];
  // For these it matters: OpenSSL lets anyone sign for the neutral point as key.
  t.true(byNode(bad.find(([name]) => name.includes(smallOrder[0]!))![1]));
  const answers = ask([good, ...bad.map(([, signed]) => signed)].map((signed) => asked(signed)));
  t.is(answers[0], "1");
  bad.forEach(([name], i) => t.is(answers[i + 1], "0", name));
});

test("under XS: parts from arrays and buffers; wrong sizes are refused", async (t) => {
  const run = await runHost(await buildHost({ manifest: path.join(loamRoot, "test/crypt/manifest.json") }));
  t.is(run.exitCode, 0, run.stderr);
  t.deepEqual(JSON.parse(run.lines[0]!), [
    true,
    false,
    [...createHash("sha256").update("abc").digest()],
    "RangeError: @xs_ed25519_start: public key of 31 bytes: 32 expected",
    "RangeError: @xs_ed25519_start: signature of 63 bytes: 64 expected",
  ]);
});
