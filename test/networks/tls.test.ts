// Slow: makes certificates and starts brokers
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { ExecutionContext } from "ava";
import { UserError } from "../../host-tools/lib/errors.js";
import { ChirpStack } from "../../host-tools/networks/chirpstack/dialect.js";
import { clientOptions, type Broker } from "../../host-tools/networks/mqtt/broker.js";
import { Authority } from "../helpers/certificates.js";
import { freePort } from "../../host-tools/lib/freePort.js";
import { startMosquitto } from "../helpers/mosquitto.js";
import { mosquitto, needs, openssl } from "../helpers/needs.js";
import { application } from "./chirpstackevents.js";
import { runCloud } from "./cloud.js";

const test = needs(mosquitto, openssl);
const dialect = new ChirpStack({ application, prefix: "", encoding: "json" });
const connect = (t: ExecutionContext, broker: Partial<Broker> & { server: string }) => runCloud(t, { dialect, broker });
const user = { name: "loam", password: "s3cret word" };

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), "loam-tls-"));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** A broker with TLS, whose certificate is `name`'s. */
async function tlsBroker(t: ExecutionContext, authority: Authority, name: string, more: readonly string[] = []) {
  const files = [`certfile ${authority.file(name, "crt")}`, `keyfile ${authority.file(name, "key")}`];
  const broker = await startMosquitto(t, { user, lines: [...files, ...more] });
  return broker.url.replace("mqtt:", "mqtts:");
}

const refused = async (t: ExecutionContext, broker: Partial<Broker> & { server: string }, message: RegExp) => {
  await t.throwsAsync(connect(t, broker), { instanceOf: UserError, message });
};

test("user name and password", async (t) => {
  const { url: server } = await startMosquitto(t, { user });
  const { name: username, password } = user;
  t.truthy(await connect(t, { server, username, password }));
  await refused(t, { server, username, password: "secret" }, /not authorized|user name or password is wrong/);
  await refused(t, { server }, /not authorized|user name or password is wrong/);
  const error = await t.throwsAsync(connect(t, { server, username, password: "another secret" }));
  t.false(error.message.includes("another secret"));
});

test("nobody there, and no such host", async (t) => {
  await refused(
    t,
    { server: `mqtt://127.0.0.1:${await freePort()}` },
    /the MQTT broker at mqtt:.*: no process listens on that socket/,
  );
  await refused(t, { server: "mqtt://nowhere.invalid:1883" }, /no such host|cannot be looked up/);
});

test("TLS with an authority of one's own, with a password; the other authorities, hosts and times are refused by name", async (t) => {
  t.timeout(120_000);
  const place = await folder(t);
  const authority = new Authority(place, "authority");
  const foreign = new Authority(place, "foreign");
  authority.sign("good", { host: "127.0.0.1" });
  authority.sign("old", { host: "127.0.0.1", days: -1 });
  authority.sign("elsewhere", { host: "broker.example" });
  const ca = authority.file("authority", "crt");
  const login = { username: user.name, password: user.password };
  const good = await tlsBroker(t, authority, "good");
  t.truthy(await connect(t, { server: good, ca, ...login }));
  await refused(t, { server: good, ca, ...login, password: "wrong" }, /not authorized|user name or password is wrong/);
  await refused(t, { server: good, ...login }, /an authority that is not known; .*expected as ca/);
  await refused(t, { server: good, ca: foreign.file("foreign", "crt"), ...login }, /an authority that is not known/);
  await refused(t, { server: good.replace("mqtts:", "mqtt:"), ...login }, /a port with TLS needs mqtts:\/\//);
  await refused(t, { server: await tlsBroker(t, authority, "old"), ca, ...login }, /its certificate has expired/);
  await refused(
    t,
    { server: await tlsBroker(t, authority, "elsewhere"), ca, ...login },
    /certificate is another host's/,
  );
  await refused(t, { server: good, ca: path.join(place, "nothing.crt"), ...login }, /nothing\.crt: .*no such file/);
  const { url: plain } = await startMosquitto(t, { user });
  await refused(t, { server: plain.replace("mqtt:", "mqtts:"), ca, ...login }, /no TLS there|closes the connection/);
});

test("a broker that wants the client's certificate", async (t) => {
  t.timeout(120_000);
  const place = await folder(t);
  const authority = new Authority(place, "authority");
  const foreign = new Authority(place, "foreign");
  authority.sign("server", { host: "127.0.0.1" });
  const ca = authority.file("authority", "crt");
  const login = { username: user.name, password: user.password };
  const server = await tlsBroker(t, authority, "server", [`cafile ${ca}`, "require_certificate true"]);
  t.truthy(await connect(t, { server, ca, ...login, ...authority.sign("client") }));
  const wants = /it wants a client's certificate|closes the connection/;
  await refused(t, { server, ca, ...login }, wants);
  await refused(t, { server, ca, ...login, ...foreign.sign("stranger") }, /does not know|closes the connection/);
  const old = authority.sign("oldclient", { days: -1 });
  await refused(t, { server, ca, ...login, ...old }, /the client's certificate has expired|closes the connection/);
});

test("files that are no certificate, or not the certificate's key, are refused by name", async (t) => {
  const place = await folder(t);
  const authority = new Authority(place, "authority");
  const { cert, key } = authority.sign("client");
  const other = authority.sign("other");
  const ca = authority.file("authority", "crt");
  const open = (files: Partial<Broker>) =>
    clientOptions({ server: "mqtts://127.0.0.1", sessionSeconds: 0, ...files }, dialect.kind, dialect.role);
  t.like(await open({ ca, cert, key }), { clean: false });
  const isRefused = (files: Partial<Broker>, message: RegExp) =>
    t.throwsAsync(open(files), { instanceOf: UserError, message });
  await isRefused({ ca: key }, /client\.key: .*; a certificate as PEM expected/);
  await isRefused({ cert, key: other.key }, /client\.crt, .*other\.key: .*; a certificate and its key as PEM/);
  await isRefused({ cert: key, key }, /client\.key, .*client\.key: .*; a certificate and its key as PEM/);
});
