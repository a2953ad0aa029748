/** The pair of Ed25519 keys that packages are signed with: the private one in a PEM file, the public one in node descriptions. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from "node:crypto";
import { open, rm } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { systemReason } from "../lib/systemreasons.js";

const publicKeyBytes = 32;
/** Of a SubjectPublicKeyInfo before the key, RFC 8410 section 4. */
const spkiHead = Buffer.from("302a300506032b6570032100", "hex");

/** 64 hexadecimal digits. */
export function publicKeyOf(key: KeyObject): string {
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return spki.subarray(-publicKeyBytes).toString("hex");
}

/**
 * Makes a pair of keys, and a file that only its owner can read for the private one.
 * @returns the public key
 * @throws UserError when there is something already: a lost private key is a node that can never be updated
 */
export async function createKeyFile(file: string): Promise<string> {
  const { privateKey } = generateKeyPairSync("ed25519");
  let handle;
  try {
    handle = await open(file, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST")
      throw new UserError(`${path.normalize(file)} exists, and keys are never overwritten: choose another name`);
    throw new UserError(`cannot write ${path.normalize(file)}: ${systemReason(error)}`);
  }
  try {
    await handle.writeFile(privateKey.export({ format: "pem", type: "pkcs8" }));
    await handle.sync();
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return publicKeyOf(privateKey);
}

/** @throws UserError for anything but a private Ed25519 key. No message shows what the file holds. */
export async function readSigningKey(file: string): Promise<KeyObject> {
  const content = await readUserFile(file, "the key");
  let key: KeyObject;
  try {
    key = createPrivateKey(content);
  } catch {
    throw new UserError(`${file} is no private key in PEM: loam script keygen makes one`);
  }
  if (key.asymmetricKeyType !== "ed25519")
    throw new UserError(
      `${file} is a key for ${key.asymmetricKeyType}, Ed25519 expected: loam script keygen makes one`,
    );
  return key;
}

export const signBytes = (bytes: Uint8Array, key: KeyObject): Buffer => sign(null, bytes, key);

/** @param publicKey 64 hexadecimal digits */
export function isSignedBy(publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  const der = Buffer.concat([spkiHead, Buffer.from(publicKey, "hex")]);
  return verify(null, bytes, createPublicKey({ key: der, format: "der", type: "spki" }), signature);
}
