import { isIPv6 } from "node:net";
import {
  addSession,
  countAttempt,
  findSession,
  forgetAttempts,
  forgetOld,
  removeSession,
  touchSession,
} from "../store/sessions.js";
import type { Store } from "../store/store.js";
import { passwordOf } from "../store/users.js";
import { isPassword } from "./passwords.js";
import { namePattern, type Role } from "./roles.js";
import { digestOf, newSecret } from "./secrets.js";

/** A session ends when it was not used for so long, and at the latest after so long (s). */
export const idleSeconds = 12 * 3600;
export const sessionSeconds = 7 * 86400;
/** s between two notes that it was used */
const touchSeconds = 300;
/** s in which log-ins are counted */
const countSeconds = 900;
/** Log-ins in this time: of a user from an address, of an address, and of a user from wherever. */
const most = { pair: 5, address: 20, user: 100 };

const isName = new RegExp(namePattern);

/** 32 MB and a thread each. */
const mostAtOnce = 4;
let atOnce = 0;

export type Login =
  | { kind: "in"; secret: string }
  | { kind: "wrong" }
  /** Too many: s until the next one is heard. */
  | { kind: "wait"; seconds: number };

/** An IPv6 customer has 2^64 addresses. */
const network = (address: string): string => {
  if (!isIPv6(address) || address.startsWith("::ffff:")) return address;
  const [head = "", tail] = address.split("::");
  const before = head.split(":").filter(Boolean);
  const after = tail?.split(":").filter(Boolean) ?? [];
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(Math.max(0, missing)).fill("0"), ...after].slice(0, 4).join(":");
};

/** @param address where the request came from @param now seconds since 1970 */
export async function logIn(
  store: Store,
  { name, password, address }: { name: string; password: string; address: string },
  now: number,
): Promise<Login> {
  // There is no such user, and PostgreSQL's texts have no NUL.
  if (!isName.test(name)) return { kind: "wrong" };
  const from = network(address);
  const keys = { address: `address ${from}`, pair: `pair ${from} ${name}`, user: `user ${name}` };
  for (const key of ["address", "pair", "user"] as const) {
    const { count, until } = await countAttempt(store, keys[key], countSeconds, now);
    if (count > most[key]) return { kind: "wait", seconds: Math.max(1, Math.ceil(until - now)) };
  }
  if (atOnce >= mostAtOnce) return { kind: "wait", seconds: 1 };
  atOnce++;
  try {
    if (!(await isPassword(password, await passwordOf(store, name)))) return { kind: "wrong" };
  } finally {
    atOnce--;
  }
  await forgetAttempts(store, Object.values(keys));
  await forgetOld(store, now - sessionSeconds, now - countSeconds);
  const secret = newSecret();
  await addSession(store, digestOf(secret), name, now);
  return { kind: "in", secret };
}

/** @returns the user as he is now; undefined: no session, or one that has ended */
export async function sessionUser(
  store: Store,
  secret: string,
  now: number,
): Promise<{ name: string; role: Role } | undefined> {
  const digest = digestOf(secret);
  const found = await findSession(store, digest, { usedSince: now - idleSeconds, createdSince: now - sessionSeconds });
  if (!found) return undefined;
  const { name, role, usedAt } = found;
  if (usedAt < now - touchSeconds) await touchSession(store, digest, now);
  return { name, role };
}

export const logOut = (store: Store, secret: string): Promise<void> => removeSession(store, digestOf(secret));
