import type { Role, TokenRow } from "./accessTables.js";
import type { Store } from "./store.js";

export type Token = Omit<TokenRow, "digest">;

/** @returns false: there is one of this name */
export async function addToken({ db }: Store, token: Omit<TokenRow, "usedAt">): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("tokens")
    .values({ ...token, usedAt: null })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** @returns undefined: none, or one that has expired */
export async function findToken(
  { db }: Store,
  digest: string,
  now: number,
): Promise<{ name: string; role: Role; usedAt: number | null } | undefined> {
  return await db
    .selectFrom("tokens")
    .select(["name", "role", "usedAt"])
    .where("digest", "=", digest)
    .where(({ eb, or }) => or([eb("expiresAt", "is", null), eb("expiresAt", ">", now)]))
    .executeTakeFirst();
}

export async function touchToken({ db }: Store, name: string, now: number): Promise<void> {
  await db.updateTable("tokens").set({ usedAt: now }).where("name", "=", name).execute();
}

/** In order of names. */
export async function listTokens({ db }: Store): Promise<Token[]> {
  return await db
    .selectFrom("tokens")
    .select(["name", "role", "createdAt", "expiresAt", "usedAt"])
    .orderBy("name")
    .execute();
}

/** @returns false: there is none */
export async function removeToken({ db }: Store, name: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("tokens").where("name", "=", name).executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}
