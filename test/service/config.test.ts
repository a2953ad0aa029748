import { writeFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { UserError } from "../../host-tools/lib/errors.js";
import { readCloudConfig } from "../../host-tools/service/config.js";
import { cloudFolder, CloudProcess } from "./server.js";

test("without a description everything has its default", async (t) => {
  const { database, http, network, names } = await readCloudConfig(
    path.join(await cloudFolder(t), "cloud.config.json"),
  );
  t.true(path.isAbsolute(database) && database.endsWith("cloud.db"));
  t.like(http, { host: "127.0.0.1", port: 0, cert: undefined, proxies: undefined });
  t.like(network, { kind: "own", host: "127.0.0.1", port: 0 });
  t.is(names.length, 1);
});

const chirpstack = (more: object) =>
  JSON.stringify({ network: { kind: "chirpstack", application: "17c82e96-be03-4f38-aef3-f83d48582d97", ...more } });
const things = (more: object) => JSON.stringify({ network: { kind: "things", application: "field", ...more } });

const wrong: [what: string, content: string, message: RegExp][] = [
  ["no JSON", "{", /cloud\.config\.json: not JSON/],
  ["a list", "[]", /the cloud's description: a list, expected an object/],
  ["an unknown key", '{"databse": "x"}', /databse: .*did you mean "database"/],
  ["a port that is none", '{"http": {"port": 70000}}', /http\.port: 70000, expected a whole number from 0 to 65535/],
  [
    "an address that is none",
    '{"http": {"host": "example.org"}}',
    /http\.host: "example\.org", expected an IP address/,
  ],
  [
    "a certificate without its key",
    '{"http": {"cert": "x"}}',
    /http\.key: missing, expected a file: a certificate and/,
  ],
  ["a proxy that is none", '{"http": {"proxies": ["10.0.0.0/40"]}}', /http\.proxies\[0\]: .*expected an IP address/],
  [
    "an unknown network",
    '{"network": {"kind": "lora"}}',
    /network\.kind: "lora", expected one of own, chirpstack, things/,
  ],
  [
    "a station's port that is none",
    '{"network": {"kind": "own", "station": {"port": 70000}}}',
    /network\.station\.port: 70000, expected a whole number from 0 to 65535/,
  ],
  ["no application", '{"network": {"kind": "chirpstack"}}', /network\.application: missing, expected a UUID such as/],
  [
    "a broker that is none",
    chirpstack({ server: "localhost" }),
    /network\.server: "localhost", expected mqtt:\/\/HOST:PORT, or with TLS mqtts/,
  ],
  ["a prefix without its slash", chirpstack({ prefix: "north" }), /network\.prefix: "north", expected .* ends in "\/"/],
  ["a share with a slash", chirpstack({ share: "a/b" }), /network\.share: "a\/b", expected a name without/],
  [
    "a way of encoding that is none",
    chirpstack({ encoding: "xml" }),
    /encoding: "xml", expected one of json, protobuf/,
  ],
  ["our network server's key at ChirpStack", chirpstack({ state: "x" }), /network\.state: .*there is no such key/],
  ["a tenant in the application", things({ application: "field@ttn" }), /application: "field@ttn", expected an ID/],
  ["a downlink of another way", things({ downlink: "pull" }), /downlink: "pull", expected one of push, replace/],
  ["workers of one group at a server without groups", things({ share: "a" }), /network\.share: .*pubSub/],
  ["replace by several workers", things({ share: "a", pubSub: "x", downlink: "replace" }), /network\.downlink: .*push/],
  [
    "two networks of one package",
    '{"networks": [{"model": "a.tflite", "sequence": 7}, {"model": "b.tflite", "sequence": 7}]}',
    /networks\[1\]\.sequence: 7, expected another one than networks\[0\] has: a package brings one network/,
  ],
  [
    "a network of no package",
    '{"networks": [{"model": "a.tflite", "sequence": 0}]}',
    /networks\[0\]\.sequence: 0, expected a whole number from 1 to 4294967295/,
  ],
  ["a network without its file", '{"networks": [{"sequence": 7}]}', /networks\[0\]\.model: missing/],
  [
    "a DevEUI that is none",
    '{"names": [{"devEui": "12", "name": "x"}]}',
    /names\[0\]\.devEui: .*16 hexadecimal digits/,
  ],
  ["a place that is none", '{"names": [{"devEui": "0004a30b001c0530", "name": "x", "latitude": 91}]}', /latitude: 91/],
];
for (const [what, content, message] of wrong)
  test(`refused: ${what}`, async (t) => {
    const file = path.join(await cloudFolder(t), "cloud.config.json");
    await writeFile(file, content);
    await t.throwsAsync(readCloudConfig(file), { instanceOf: UserError, message });
  });

for (const [what, network] of [
  ["a password that is none", { password: 12345 }],
  ["a misspelt key", { pasword: "12345" }],
  ["a URL with a password", { server: "mqtt://loam:12345@broker.example" }],
  ["a password in a wrong place", { user: { password: "12345" } }],
] as const)
  test(`an error does not show it: ${what}`, async (t) => {
    const file = path.join(await cloudFolder(t), "cloud.config.json");
    await writeFile(file, chirpstack(network));
    const error = await t.throwsAsync(readCloudConfig(file), { instanceOf: UserError });
    t.false(error.message.includes("12345"), error.message);
  });

test("a network server's files are beside the description, and its password may be in the environment", async (t) => {
  const file = path.join(await cloudFolder(t), "cloud.config.json");
  await writeFile(file, chirpstack({ server: "mqtts://[::1]:8883/", ca: "ca.crt", password: "file's" }));
  const { network } = await readCloudConfig(file);
  t.like(network, { ca: path.join(path.dirname(file), "ca.crt"), password: "file's", encoding: "json", prefix: "" });
  process.env["MQTT_PASSWORD"] = "environment's";
  try {
    t.like((await readCloudConfig(file)).network, { password: "environment's" });
  } finally {
    delete process.env["MQTT_PASSWORD"];
  }
});

test("an absolute path is where it says, as of a secret that is mounted", async (t) => {
  const folder = await cloudFolder(t);
  const file = path.join(folder, "cloud.config.json");
  const at = (name: string) => path.join(path.parse(folder).root, "elsewhere", name);
  await writeFile(
    file,
    JSON.stringify({ database: at("cloud.db"), network: { kind: "own", devices: at("nodes.json") } }),
  );
  const { database, network } = await readCloudConfig(file);
  t.is(database, at("cloud.db"));
  t.like(network, { devices: at("nodes.json") });
});

test("loam cloud says what is wrong, and ends", async (t) => {
  const folder = await cloudFolder(t, { database: "nowhere/cloud.db" });
  const cloud = new CloudProcess(t, folder);
  await t.throwsAsync(cloud.line("listening"), { message: /loam: the database .*nowhere\/cloud\.db/ });
});
