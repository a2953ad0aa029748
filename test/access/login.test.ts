// Slow: scrypt
import { scryptSync } from "node:crypto";
import test from "ava";
import { idleSeconds, logIn, logOut, sessionSeconds, sessionUser } from "../../host-tools/access/login.js";
import { hashPassword, isPassword } from "../../host-tools/access/passwords.js";
import { mayAct } from "../../host-tools/access/roles.js";
import { createToken, tokenOwner } from "../../host-tools/access/tokens.js";
import { UserError } from "../../host-tools/lib/errors.js";
import { listTokens, removeToken } from "../../host-tools/store/tokens.js";
import { addUser, changeUser, listUsers, removeUser } from "../../host-tools/store/users.js";
import { onEachDatabase } from "../store/databases.js";

const now = 1_900_000_000;
const password = "correct horse battery";

test("a password's hash is scrypt's, with a salt of its own, and only the password fits it", async (t) => {
  const stored = await hashPassword(password);
  const [, id, , salt, hash] = stored.split("$");
  t.is(id, "scrypt");
  const again = scryptSync(password, Buffer.from(salt!, "base64"), 32, { N: 32768, r: 8, p: 3, maxmem: 2 ** 26 });
  t.is(hash, again.toString("base64").replaceAll("=", ""));
  t.not(await hashPassword(password), stored);
  t.true(await isPassword(password, stored));
  t.false(await isPassword("correct horse batterx", stored));
  t.false(await isPassword("", undefined));
  const accented = await hashPassword("caf\u00e9 caf\u00e9 caf\u00e9");
  t.true(await isPassword("cafe\u0301 cafe\u0301 cafe\u0301", accented));
  for (const wrong of ["short", "x".repeat(1025)])
    await t.throwsAsync(hashPassword(wrong), { instanceOf: UserError, message: /10 to 1024 expected/ });
});

test("each role may what those before it may", (t) => {
  t.true(mayAct("admin", "viewer") && mayAct("operator", "operator"));
  t.false(mayAct("viewer", "operator") || mayAct("operator", "admin"));
});

onEachDatabase(
  "sessions last as long as they are used, are not stored as they are, and follow the user",
  async (t, open) => {
    const [store, other] = [await open(), await open()];
    const hashed = await hashPassword(password);
    t.true(await addUser(store, { name: "ann", role: "viewer", createdAt: now }, hashed));
    t.false(await addUser(other, { name: "ann", role: "admin", createdAt: now }, hashed));
    const enter = async (at: number) => {
      const login = await logIn(store, { name: "ann", password, address: "10.0.0.1" }, at);
      if (login.kind !== "in") throw new Error(login.kind);
      return login.secret;
    };
    const odd = { name: "ann\0", password, address: "10.0.0.1" };
    t.deepEqual(await logIn(store, odd, now), { kind: "wrong" }, "PostgreSQL takes no NUL");
    const secret = await enter(now);
    t.deepEqual(await sessionUser(other, secret, now), { name: "ann", role: "viewer" });
    const rows = JSON.stringify(await store.db.selectFrom("sessions").selectAll().execute());
    t.false(rows.includes(secret));
    t.truthy(await sessionUser(other, secret, now + idleSeconds));
    t.truthy(await sessionUser(other, secret, now + 2 * idleSeconds), "its use counts");
    t.is(await sessionUser(other, secret, now + 3 * idleSeconds + 1), undefined);
    for (let at = now; at <= now + sessionSeconds; at += idleSeconds / 2)
      t.truthy(await sessionUser(other, secret, at));
    t.is(await sessionUser(other, secret, now + sessionSeconds + 1), undefined);
    t.is(await sessionUser(other, secret + "x", now), undefined);

    const second = await enter(now + 2);
    await logOut(other, second);
    t.is(await sessionUser(store, second, now + 2), undefined);
    t.true(await changeUser(other, "ann", "operator", hashed));
    t.is(await sessionUser(store, secret, now), undefined, "a new password ends sessions");
    const third = await enter(now + 3);
    t.true(await removeUser(other, "ann"));
    t.is(await sessionUser(store, third, now + 3), undefined);
    t.deepEqual(await listUsers(store), []);
    t.false(await removeUser(store, "ann"));
  },
);

onEachDatabase("log-ins are counted in all processes together, by user and by address", async (t, open) => {
  const stores = [await open(), await open()];
  await addUser(stores[0]!, { name: "ann", role: "viewer", createdAt: now }, await hashPassword(password));
  const attempt = async (i: number, name: string, word: string, address: string, at = now) =>
    await logIn(stores[i % 2]!, { name, password: word, address }, at);
  for (let i = 0; i < 5; i++) t.is((await attempt(i, "ann", "wrong", "10.0.0.1")).kind, "wrong");
  t.deepEqual(await attempt(1, "ann", password, "10.0.0.1", now + 100), { kind: "wait", seconds: 800 });
  t.is((await attempt(0, "ann", password, "10.0.0.2")).kind, "in", "not for another address");
  t.is((await attempt(0, "ann", password, "10.0.0.1", now + 900)).kind, "in", "and not for ever");

  const addresses = Array.from({ length: 21 }, (_, i) => `2001:db8::${i.toString(16)}`);
  const kinds: string[] = [];
  for (const [i, address] of addresses.entries()) kinds.push((await attempt(i, `user${i}`, "wrong", address)).kind);
  t.deepEqual(kinds, [...Array<string>(20).fill("wrong"), "wait"], "a /64 is one address");
});

onEachDatabase("tokens expire, are not stored as they are, and can be removed", async (t, open) => {
  const [store, other] = [await open(), await open()];
  const secret = (await createToken(store, { name: "prometheus", role: "viewer", expiresAt: now + 60 }, now))!;
  t.is(await createToken(other, { name: "prometheus", role: "admin", expiresAt: null }, now), undefined);
  t.deepEqual(await tokenOwner(other, secret, now + 59), { name: "prometheus", role: "viewer" });
  t.is(await tokenOwner(other, secret, now + 60), undefined);
  t.is(await tokenOwner(other, `${secret}x`, now), undefined);
  t.false(JSON.stringify(await store.db.selectFrom("tokens").selectAll().execute()).includes(secret));
  t.like(await listTokens(other), [{ name: "prometheus", usedAt: now + 59 }]);
  t.true(await removeToken(other, "prometheus"));
  t.is(await tokenOwner(store, secret, now), undefined);
  t.false(await removeToken(other, "prometheus"));
});
