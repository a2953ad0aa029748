/** AES-128 (FIPS 197) and AES-CMAC (RFC 4493) in C. No error text holds a key. */

function encrypt(key: Uint8Array, data: Uint8Array, offset: number): void {
  native("xs_aes_encrypt").call(undefined, key, data, offset);
}
function mac(key: Uint8Array, data: Uint8Array, length: number, out: Uint8Array): void {
  native("xs_aes_cmac").call(undefined, key, data, length, out);
}

/** Encrypts one block of 16 bytes of `data` in place, at `offset`. @throws RangeError for a key that is not 16 bytes long or a block beyond the end */
export const encryptBlock = encrypt;

/** AES-CMAC of the first `length` bytes of `data` into the first 16 bytes of `out`. @throws RangeError as above */
export const cmac = mac;
