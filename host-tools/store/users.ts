import type { Role } from "./accessTables.js";
import type { Store } from "./store.js";

export interface User {
  name: string;
  role: Role;
  createdAt: number;
}

/** @returns false: there is one of this name */
export async function addUser(
  { db }: Store,
  { name, role, createdAt }: User,
  /** Hashed. */ password: string,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("users")
    .values({ name, role, password, createdAt })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Whoever is logged in by this name is logged out. @returns false: there is none */
export async function changeUser({ db }: Store, name: string, role: Role, password: string): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("users")
      .set({ role, password })
      .where("name", "=", name)
      .executeTakeFirstOrThrow();
    await trx.deleteFrom("sessions").where("userName", "=", name).execute();
    return numUpdatedRows === 1n;
  });
}

/** With his sessions. @returns false: there is none */
export async function removeUser({ db }: Store, name: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("users").where("name", "=", name).executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}

/** In order of names. */
export async function listUsers({ db }: Store): Promise<User[]> {
  return await db.selectFrom("users").select(["name", "role", "createdAt"]).orderBy("name").execute();
}

export async function hasUsers({ db }: Store): Promise<boolean> {
  return (await db.selectFrom("users").select("name").limit(1).executeTakeFirst()) !== undefined;
}

/** @returns the hash, and how it was made */
export async function passwordOf({ db }: Store, name: string): Promise<string | undefined> {
  const row = await db.selectFrom("users").select("password").where("name", "=", name).executeTakeFirst();
  return row?.password;
}
