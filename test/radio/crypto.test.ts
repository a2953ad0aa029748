import { createCipheriv, randomBytes } from "node:crypto";
import test from "ava";
import { execa } from "execa";
import { buildProgram, sanitizers } from "./programs.js";

const compute = async (kind: "encrypt" | "cmac", key: string, data: string): Promise<string> =>
  (await execa(await buildProgram("vectors", sanitizers), [kind, key, data])).stdout;

test("AES-128: FIPS 197, appendices B and C.1", async (t) => {
  t.is(
    await compute("encrypt", "2b7e151628aed2a6abf7158809cf4f3c", "3243f6a8885a308d313198a2e0370734"),
    "3925841d02dc09fbdc118597196a0b32",
  );
  t.is(
    await compute("encrypt", "000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff"),
    "69c4e0d86a7b0430d8cdb78070b4c55a",
  );
});

test("AES-128 as Node's OpenSSL, 40 random keys", async (t) => {
  for (let i = 0; i < 40; i++) {
    const [key, block] = [randomBytes(16), randomBytes(16)];
    const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
    t.is(await compute("encrypt", key.toString("hex"), block.toString("hex")), cipher.update(block).toString("hex"));
  }
});

/** RFC 4493, section 4: the first bytes of one message. */
const message =
  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
for (const [bytes, mac] of [
  [0, "bb1d6929e95937287fa37d129b756746"],
  [16, "070a16b46b4d4144f79bdd9dd04a287c"],
  [40, "dfa66747de9ae63030ca32611497c827"],
  [64, "51f0bebf7e3b9d92fc49741779363cfe"],
] as const) {
  test(`CMAC: RFC 4493, ${bytes} bytes`, async (t) => {
    t.is(await compute("cmac", "2b7e151628aed2a6abf7158809cf4f3c", message.slice(0, 2 * bytes)), mac);
  });
}
