import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 random bits. */
export const newSecret = (): string => randomBytes(32).toString("base64url");

/** What is stored of it: it cannot be guessed, so that no salt and no slow hash is needed. */
export const digestOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/** What a page proves with that it can read what this server answers, which pages from elsewhere cannot. */
export const csrfToken = (secret: string): string => createHmac("sha256", secret).update("csrf").digest("base64url");

/** In a time that does not depend on where they differ. */
export const isSame = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};
