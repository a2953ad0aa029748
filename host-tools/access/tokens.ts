import { addToken, findToken, touchToken } from "../store/tokens.js";
import type { Store } from "../store/store.js";
import type { Role } from "./roles.js";
import { digestOf, newSecret } from "./secrets.js";

/** Programs that look for secrets in code know it by this. */
const prefix = "loam_";
/** s between two notes that it was used */
const touchSeconds = 300;

/** @param expiresAt seconds since 1970; null: never @returns the token, which nothing shows again; undefined: there is one of this name */
export async function createToken(
  store: Store,
  { name, role, expiresAt }: { name: string; role: Role; expiresAt: number | null },
  now: number,
): Promise<string | undefined> {
  const secret = prefix + newSecret();
  const isNew = await addToken(store, { name, role, digest: digestOf(secret), createdAt: now, expiresAt });
  return isNew ? secret : undefined;
}

/** @returns undefined: there is none, or it has expired */
export async function tokenOwner(
  store: Store,
  secret: string,
  now: number,
): Promise<{ name: string; role: Role } | undefined> {
  const found = await findToken(store, digestOf(secret), now);
  if (!found) return undefined;
  const { name, role, usedAt } = found;
  if (usedAt === null || usedAt < now - touchSeconds) await touchToken(store, name, now);
  return { name, role };
}
