// Slow: TLS
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { ChannelError, type Message } from "../../host-tools/alarms/channel.js";
import { Mail } from "../../host-tools/alarms/mail.js";
import { freePort } from "../../host-tools/lib/freePort.js";
import { Authority } from "../helpers/certificates.js";
import { needs, openssl } from "../helpers/needs.js";

const alarm = {
  ...{ id: 7, devEui: "70b3d57ed0000001", nodeName: "north field", rule: "low", kind: "battery" as const },
  ...{ what: "battery 3.21 V", value: 3.21, openedAt: 1_800_000_000, closedAt: 1_800_003_600 },
};
const opened: Message = { id: "a", event: "opened", alarm };
const closed: Message = { id: "b", event: "closed", alarm };
const addresses = { from: "loam@field.example", to: ["ann@field.example", "bob@field.example"] };

interface Received {
  to: string[];
  isSecure: boolean;
  user: string | undefined;
  text: string;
}

/** A server that is not ours, on a port of its own. */
async function startServer(t: ExecutionContext, options: SMTPServerOptions) {
  const mails: Received[] = [];
  const server = new SMTPServer({
    ...{ logger: false, disableReverseLookup: true },
    onAuth: ({ username, password }, _, done) =>
      password === "12345" && username !== undefined
        ? done(null, { user: username })
        : done(new Error(`wrong: ${String(password)}`)),
    onRcptTo: ({ address }, _, done) => done(address.startsWith("nobody") ? new Error("no such user") : null),
    onData: (stream, { envelope, secure, user }, done) => {
      let text = "";
      stream.on("data", (part) => (text += String(part)));
      stream.on("end", () => {
        const to = envelope.rcptTo.map(({ address }) => address);
        mails.push({ to, isSecure: secure, user: user as string | undefined, text });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  t.teardown(() => new Promise<void>((resolve) => server.close(resolve)));
  const { port } = server.server.address() as AddressInfo;
  return { mails, port };
}

async function certificate(t: ExecutionContext) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "loam-mail-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const authority = new Authority(folder, "authority");
  const files = authority.sign("server", { host: "127.0.0.1" });
  const [cert, key] = [readFileSync(files.cert), readFileSync(files.key)];
  return { cert, key, ca: readFileSync(authority.file("authority", "crt")) };
}

test("one e-mail tells of all that there is, without TLS on this machine only", async (t) => {
  const { mails, port } = await startServer(t, { authOptional: true, hideSTARTTLS: true });
  const mail = new Mail({ server: `smtp://127.0.0.1:${port}`, ...addresses });
  t.is(await mail.tell([opened]), undefined);
  await mail.tell([opened, closed]);
  await mail.tell([{ id: "c", event: "test" }]);
  t.deepEqual(mails[0]!.to, addresses.to);
  t.regex(mails[0]!.text, /^Subject: loam cloud: north field: battery 3\.21 V \(low, opened\)\r$/m);
  t.regex(mails[0]!.text, /^Message-ID: <a@loam-cloud>\r$/m);
  t.regex(mails[1]!.text, /^Subject: loam cloud: 2 alarms opened or closed\r$/m);
  const body = mails[1]!.text.split("\r\n\r\n")[1]!.replaceAll("=\r\n", "").replaceAll("\r\n", "\n");
  t.regex(body, /north field \(70b3d57ed0000001\): battery 3\.21 V; rule low; opened 2027-01-15T08:00:00\.000Z/);
  t.regex(body, /closed 2027-01-15T09:00:00\.000Z, opened 2027/);
  t.regex(mails[2]!.text, /^Subject: loam cloud: a test\r$/m);
});

test("who is refused is said, and when all are it is not sent", async (t) => {
  const { mails, port } = await startServer(t, { authOptional: true, hideSTARTTLS: true });
  const to = (...addressees: string[]) =>
    new Mail({ server: `smtp://127.0.0.1:${port}`, from: addresses.from, to: addressees }).tell([opened]);
  t.is(await to("nobody@field.example", "ann@field.example"), "refused for 1 of 2 recipients");
  t.is(mails.length, 1);
  await t.throwsAsync(to("nobody@field.example"), {
    instanceOf: ChannelError,
    message: /^the server does not take it/,
  });
});

needs(openssl)("by STARTTLS and by TLS, with user name and password, which no error shows", async (t) => {
  const { ca, ...pair } = await certificate(t);
  for (const secure of [false, true]) {
    const { mails, port } = await startServer(t, { ...pair, secure });
    const server = `${secure ? "smtps" : "smtp"}://127.0.0.1:${port}`;
    const by = (more: object) => new Mail({ server, ...addresses, ca, username: "ann", password: "12345", ...more });
    await by({}).tell([opened]);
    t.like(mails[0], { isSecure: true, user: "ann" });
    const wrong = await t.throwsAsync(by({ password: "67890" }).tell([opened]), { instanceOf: ChannelError });
    t.regex(wrong.message, /^the server does not take user name and password, answer 535$/);
    await t.throwsAsync(by({ ca: undefined }).tell([opened]), { instanceOf: ChannelError });
    t.is(mails.length, 1, "not to a server whose certificate nobody knows");
  }
});

test("a server elsewhere that has no TLS gets nothing", async (t) => {
  const { mails, port } = await startServer(t, { authOptional: true, disabledCommands: ["STARTTLS"] });
  // Another way to write this machine's address, which is not known as such.
  const mail = new Mail({ server: `smtp://127.1:${port}`, ...addresses });
  await t.throwsAsync(mail.tell([opened]), { instanceOf: ChannelError, message: /^the server has no STARTTLS/ });
  t.deepEqual(mails, []);
});

test("a server that is not there", async (t) => {
  const mail = new Mail({ server: `smtp://127.0.0.1:${await freePort()}`, ...addresses });
  await t.throwsAsync(mail.tell([opened]), {
    instanceOf: ChannelError,
    message: "no connection: no process listens on that socket",
  });
});
