import { sha256, Verification } from "crypt";

function bytes(hex: string): Uint8Array {
  const out = new Uint8Array(hex.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/** RFC 8032, section 7.1, TEST SHA(abc), its message in parts. */
const key = bytes("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf");
const signature = bytes(
  "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
);
const message = bytes(
  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
);

function verify(last: number): boolean {
  const verification = new Verification(key, signature);
  verification.add(message.subarray(0, 5));
  verification.add(message.slice(5, last).buffer);
  return verification.end();
}

const refused = (run: () => void): string => {
  try {
    run();
  } catch (error) {
    return String(error);
  }
  return "taken";
};

trace(
  `${JSON.stringify([
    verify(64),
    verify(63),
    [...new Uint8Array(sha256(Uint8Array.of(0x61, 0x62, 0x63)))],
    refused(() => new Verification(key.subarray(1), signature)),
    refused(() => new Verification(key, signature.subarray(0, 63))),
  ])}\n`,
);
