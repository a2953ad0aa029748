// Slow: starts the command line many times
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { execa } from "execa";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { cloudFolder, CloudProcess } from "../service/server.js";

const loam = path.join(loamRoot, "host-tools/bin/loam.js");

async function commands(t: ExecutionContext) {
  const folder = await cloudFolder(t, { http: { host: "0.0.0.0", port: 0 } });
  const run = async (input: string, ...given: string[]) => {
    const all = [loam, "cloud", ...given, "--config", path.join(folder, "cloud.config.json")];
    const { stdout, stderr, exitCode } = await execa(process.execPath, all, { input, reject: false, cwd: loamRoot });
    return { stdout, stderr, exitCode };
  };
  return { folder, run };
}

test("beyond this machine there is no page without users; with one he logs in", async (t) => {
  const { folder, run } = await commands(t);
  const refused = await run("");
  t.is(refused.exitCode, 1);
  t.regex(refused.stderr, /http\.host 0\.0\.0\.0: .*has no users; add one: npx loam cloud user add NAME --role admin/);

  t.like(await run("a password of ann\n", "user", "add", "ann", "--role", "admin"), { exitCode: 0 });
  const cloud = new CloudProcess(t, folder);
  const { port } = new URL((await cloud.line("page"))["url"] as string);
  const url = `http://127.0.0.1:${port}`;
  t.is((await fetch(`${url}/api/nodes`)).status, 401);
  const body = JSON.stringify({ name: "ann", password: "a password of ann" });
  const headers = { "content-type": "application/json" };
  const login = await fetch(`${url}/api/session`, { method: "POST", headers, body });
  t.is(login.status, 200);
  const cookie = login.headers.getSetCookie()[0]!.split(";")[0]!;
  t.is((await fetch(`${url}/api/nodes`, { headers: { cookie } })).status, 200);

  // By a process of its own, while the page is served.
  t.is((await run("", "user", "remove", "ann")).exitCode, 0);
  t.is((await fetch(`${url}/api/nodes`, { headers: { cookie } })).status, 401);
  t.is(await cloud.end("SIGINT"), 0);
});

test("users are added, listed and removed; what is wrong is said", async (t) => {
  const { run } = await commands(t);
  t.regex((await run("", "user", "add", "ann")).stderr, /no password: a line with it on the standard input/);
  t.is((await run("a password of ann\r\nmore\n", "user", "add", "ann")).stdout, "ann: viewer");
  t.regex((await run("another password\n", "user", "add", "ann")).stderr, /there is a user ann; --replace/);
  t.is((await run("another password\n", "user", "add", "ann", "--replace", "--role", "operator")).exitCode, 0);
  t.regex((await run("", "user", "list")).stdout, /ann +│ operator/);
  t.regex((await run("", "user", "remove", "bob")).stderr, /there is no user bob/);
  t.regex((await run("", "user", "remove", "ann")).stderr, /No user is left: on localhost the page is open to whoever/);
});

test("a token is shown once", async (t) => {
  const { run } = await commands(t);
  const token = await run("", "token", "add", "prometheus", "--days", "30");
  t.regex(token.stdout, /^loam_[\w-]{43}$/);
  t.regex((await run("", "token", "add", "prometheus")).stderr, /there is a token prometheus/);
  const tokens = await run("", "token", "list");
  t.regex(tokens.stdout, /prometheus +│ viewer/);
  t.false(tokens.stdout.includes(token.stdout));
  t.is((await run("", "token", "remove", "prometheus")).exitCode, 0);
});
