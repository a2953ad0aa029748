import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import test from "ava";
import { checkConfig } from "../../host-tools/node/check.js";
import { readDevices } from "../../host-tools/gateway/devices.js";
import { encodeJoinAccept, loraPacket } from "../../host-tools/gateway/packets.js";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { readNode } from "../../host-tools/node/nodeFile.js";
import { exampleNode } from "../device/helpers/day.js";
import { sessionKeysIn, shows } from "./secrets.js";
import { NorFlash } from "../flash/norflash.js";
import { World, abp, otaa } from "./simulation.js";

const key = "a1b2c3d4e5f60718293a4b5c6d7e8f90";

test("the check of this file recognizes text that shows a key", (t) => {
  for (const text of [
    key,
    `…${key.slice(8, 18)}…`,
    inspect(Buffer.from(key, "hex").subarray(2, 9)).replaceAll(" ", ""),
    JSON.stringify([...Buffer.from(key, "hex")]),
  ])
    t.true(shows(text, [key]), text);
  t.false(shows("32 hexadecimal digits", [key]));
});

test("a link shows neither its credentials nor its session keys in events, results, errors or inspection", async (t) => {
  for (const credentials of [
    { ...otaa, appKey: key },
    { ...abp, nwkSKey: key },
  ]) {
    const seen: unknown[] = [];
    const world = new World("EU868");
    world.server.addDevice("appKey" in credentials ? credentials : { devEui: otaa.devEui, ...credentials });
    const { link, events } = world.node({
      region: "EU868",
      credentials,
      flash: new NorFlash(),
      silenceLimit: 2,
      onDownlink: (...all) => seen.push(all),
      onStateChange: (state) => seen.push(state),
      onTime: (...all) => seen.push(all),
    });
    world.radioFault = new Error("radio: no interrupt");
    seen.push(await world.time.during(link.join()).catch((error: unknown) => error));
    world.radioFault = undefined;
    await world.time.during(link.join());
    void world.server.sendDownlink(otaa.devEui, 9, Buffer.from("decision"), true);
    for (let i = 0; i < 3; i++)
      seen.push(
        await world.time.during(link.send(1, Buffer.alloc(300))),
        await world.time.during(link.send(1, Buffer.alloc(10), { confirmed: true })),
      );
    world.outage = true;
    for (let i = 0; i < 3; i++) seen.push(await world.time.during(link.send(1, Buffer.alloc(10))));
    seen.push(
      await link.send(0, Buffer.alloc(1)).catch((error: unknown) => error),
      link,
      events,
      world.server.statistics,
    );
    const secrets = [key, ...sessionKeysIn(world.server.save())];
    t.true(secrets.length >= 3);
    t.false(
      shows(`${inspect(seen, { depth: 10, showHidden: true, maxArrayLength: 2000 })}${JSON.stringify(seen)}`, secrets),
    );
  }
});

test("a forged join accept, and one for another key, are ignored", async (t) => {
  const world = new World("EU868");
  world.server.addDevice({ ...otaa, appKey: key });
  world.tamper = () =>
    encodeJoinAccept(Buffer.from("ff".repeat(16), "hex"), {
      joinNonce: 1,
      netId: Buffer.alloc(3),
      devAddr: Buffer.alloc(4),
      rx1Offset: 0,
      rx2DataRate: 0,
      rxDelay: 1,
    });
  const { link, events } = world.node({
    region: "EU868",
    credentials: { ...otaa, appKey: key },
    flash: new NorFlash(),
  });
  const joining = link.join().catch((error: unknown) => error);
  await world.time.pass(600000);
  link.close();
  await world.time.pass(3600000);
  t.is(loraPacket.fromWire(Buffer.from(world.uplinksOnAir[0]!.payload)).getMType(), "Join Request");
  t.false(shows(inspect([await joining, events], { depth: 10 }), [key]));
});

const folder = path.join(buildRoot, "test", `keys-${process.pid}`);
mkdirSync(folder, { recursive: true });

/** Mistakes in a file that holds a key. */
const spoiled: [what: string, spoil: (text: string) => string][] = [
  ["no quotes", (text) => text.replace(`"${key}"`, key)],
  ["one quote", (text) => text.replace(`"${key}"`, `"${key}`)],
  ["no comma", (text) => text.replace(`"${key}"`, `"${key}" "x": 1`)],
  ["an escape that is none", (text) => text.replace(key, `${key.slice(0, 16)}\\x${key.slice(16)}`)],
  ["a digit short", (text) => text.replace(key, key.slice(1))],
  ["a digit long", (text) => text.replace(key, `${key}0`)],
  ["a letter that is none", (text) => text.replace(key, `${key.slice(0, 31)}g`)],
  ["in a list", (text) => text.replace(`"${key}"`, `["${key}"]`)],
  ["not at the end", (text) => `${text}${key}`],
  ["twice", (text) => text.replace(`"appKey"`, `"appKey":"${key}","appKey"`)],
  ["as a name, twice", (text) => text.replace(`"appKey"`, `"${key}":1,"${key}":2,"appKey"`)],
];
for (const [what, spoil] of spoiled) {
  test(`a key in a file, ${what}: the error does not show it`, async (t) => {
    const config = JSON.stringify({ ...exampleNode(), radio: { ...exampleNode().radio, appKey: key } });
    const node = path.join(folder, `${what}.json`);
    writeFileSync(node, spoil(config));
    const error = await t.throwsAsync(readNode(node), { name: "UserError" });
    t.false(shows(error.message, [key]), error.message);
    const devices = path.join(folder, `${what} devices.json`);
    writeFileSync(devices, spoil(JSON.stringify([{ ...otaa, appKey: key }])));
    const world = new World("EU868");
    const other = await t.throwsAsync(async () =>
      (await readDevices(devices)).forEach((device) => world.server.addDevice(device)),
    );
    t.false(shows(other.message, [key]), other.message);
  });
}

test("a list where the radio or the whole description should be: the error does not show the key in it", (t) => {
  const radio = { ...exampleNode().radio, devEui: "x", appKey: key };
  for (const config of [{ ...exampleNode(), radio: [radio] }, [{ radio }], { ...exampleNode(), radio }]) {
    const error = t.throws(() => checkConfig(JSON.parse(JSON.stringify(config))));
    t.false(shows(error.message, [key]), error.message);
  }
});
