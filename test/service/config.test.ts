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
  t.deepEqual(http, { host: "127.0.0.1", port: 0 });
  t.like(network, { kind: "own", host: "127.0.0.1", port: 0 });
  t.is(names.length, 1);
});

const wrong: [what: string, content: string, message: RegExp][] = [
  ["no JSON", "{", /cloud\.config\.json: not JSON/],
  ["a list", "[]", /the cloud's description: a list, expected an object/],
  ["an unknown key", '{"databse": "x"}', /databse: .*did you mean "database"/],
  ["a port that is none", '{"http": {"port": 70000}}', /http\.port: 70000, expected a whole number from 0 to 65535/],
  ["an address beyond this machine", '{"http": {"host": "0.0.0.0"}}', /http\.host: "0\.0\.0\.0", expected one of 127/],
  ["an unknown network", '{"network": {"kind": "lora"}}', /network\.kind: "lora", expected one of own/],
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

test("loam cloud says what is wrong, and ends", async (t) => {
  const folder = await cloudFolder(t, { database: "nowhere/cloud.db" });
  const cloud = new CloudProcess(t, folder);
  await t.throwsAsync(cloud.line("listening"), { message: /loam: the database .*nowhere\/cloud\.db/ });
});
