/** SHA-256 (FIPS 180-4) and verification of Ed25519 signatures (RFC 8032) in C. */

/** @returns the 32 bytes of the digest */
export function sha256(data: ArrayBufferLike | ArrayBufferView): ArrayBuffer {
  return native("xs_crypt_sha256").call(undefined, data, data.byteLength) as ArrayBuffer;
}

/** Of a message that comes in parts, so that it may be larger than RAM. */
export class Verification {
  readonly #state: ArrayBuffer;

  /** @throws RangeError unless the key has 32 bytes and the signature 64 */
  constructor(publicKey: ArrayBufferLike | ArrayBufferView, signature: ArrayBufferLike | ArrayBufferView) {
    this.#state = native("xs_ed25519_start").call(undefined, publicKey, signature) as ArrayBuffer;
  }

  add(part: ArrayBufferLike | ArrayBufferView): void {
    native("xs_ed25519_add").call(undefined, this.#state, part, part.byteLength);
  }

  /** When all parts were added: the next step, some 10 ms of an ESP32. @returns whether the key's owner signed them; undefined: there are more steps */
  step(): boolean | undefined {
    const answer = native("xs_ed25519_step").call(undefined, this.#state) as number;
    return answer === 0 ? undefined : answer === 1;
  }

  /** All steps. @returns whether the key's owner signed the parts that were added */
  end(): boolean {
    for (;;) {
      const isSigned = this.step();
      if (isSigned !== undefined) return isSigned;
    }
  }
}
