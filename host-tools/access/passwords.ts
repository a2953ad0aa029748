import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from "node:crypto";
import { promisify } from "node:util";
import { UserError } from "../lib/errors.js";

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** OWASP Password Storage Cheat Sheet, scrypt: N 2^15, r 8, p 3, which takes 32 MB for the time of a log-in. */
const cost = { ln: 15, r: 8, p: 3 };
const saltBytes = 16;
const keyBytes = 32;
/** NIST SP 800-63B: at least 8, no rules of composition, and long ones are welcome. */
export const passwordLength = { least: 10, most: 1024 };

type Cost = typeof cost;

/** What is entered in two ways of Unicode is one password. */
const hash = (password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> =>
  derive(password.normalize("NFKC"), salt, keyBytes, { N: 2 ** ln, r, p, maxmem: 2 ** ln * r * 256 });

const encoded = (bytes: Buffer): string => bytes.toString("base64").replaceAll("=", "");

/** @returns how it is hashed, salt and hash, in PHC's string format @throws UserError for one that is too short or too long */
export async function hashPassword(password: string): Promise<string> {
  const { least, most } = passwordLength;
  if (password.length < least || password.length > most)
    throw new UserError(`a password of ${password.length} characters: ${least} to ${most} expected`);
  const salt = randomBytes(saltBytes);
  const { ln, r, p } = cost;
  return `$scrypt$ln=${ln},r=${r},p=${p}$${encoded(salt)}$${encoded(await hash(password, salt, cost))}`;
}

/** Of nobody: who does not exist takes as long as who does. */
const nobody = `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${encoded(Buffer.alloc(saltBytes))}$${encoded(Buffer.alloc(keyBytes))}`;

/** In a time that does not depend on whether it is right. @param stored undefined: there is no such user */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  const match = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(stored ?? nobody);
  if (!match) return false;
  const [ln, r, p] = [match[1], match[2], match[3]].map(Number) as [number, number, number];
  const expected = Buffer.from(match[5]!, "base64");
  const found = await hash(password, Buffer.from(match[4]!, "base64"), { ln, r, p });
  return found.length === expected.length && timingSafeEqual(found, expected) && stored !== undefined;
}
