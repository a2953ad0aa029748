import { Verification } from "crypt";

/** Bytes of a message that are hashed in one step: some 5 ms of an ESP32-C3, as a step of the signature takes (test/crypt/board.test.ts). */
const stepBytes = 2048;

/** Verifies a signature. @returns the next step: whether it is right; undefined: there are more steps */
export function verifyInSteps(
  publicKey: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
): () => boolean | undefined {
  const verification = new Verification(publicKey, signature);
  let at = 0;
  return () => {
    if (at === message.length) return verification.step();
    const end = Math.min(message.length, at + stepBytes);
    verification.add(message.subarray(at, end));
    at = end;
    return undefined;
  };
}
