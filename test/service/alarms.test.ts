import { writeFile } from "node:fs/promises";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { UserError } from "../../host-tools/lib/errors.js";
import { alarmChannels, alarmRules } from "../../host-tools/service/alarms.js";
import { readCloudConfig } from "../../host-tools/service/config.js";
import { exampleNode } from "../device/helpers/day.js";
import { cloudFolder } from "./server.js";

const node = exampleNode();
const secret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;

async function read(t: ExecutionContext, alarms: object) {
  const file = path.join(await cloudFolder(t), "cloud.config.json");
  await writeFile(file, JSON.stringify({ alarms }));
  return (await readCloudConfig(file)).alarms;
}

test("rules in the node description's terms, with their defaults", async (t) => {
  const config = await read(t, {
    rules: [
      { kind: "silent" },
      { kind: "silent", name: "soon", windows: 8, nodes: ["70B3D57ED0000001"] },
      { kind: "fault", faults: ["stuck"], repeatHours: 0 },
      { kind: "battery", percent: 20 },
      { kind: "battery", name: "volts", volts: 3.3, clear: 3.5 },
      { kind: "class", classes: [node.classes[1]] },
    ],
  });
  const shared = { nodes: undefined, repeatSeconds: 3600 };
  t.deepEqual(alarmRules(config, node), [
    { ...shared, name: "silent", kind: "silent", seconds: 26 * 3600 },
    { ...shared, name: "soon", nodes: ["70b3d57ed0000001"], kind: "silent", seconds: 8 * node.window.everySeconds },
    { ...shared, name: "fault", repeatSeconds: 0, kind: "fault", faults: ["stuck"], seconds: 86400 },
    { ...shared, name: "battery", kind: "battery", by: "percent", below: 20, clear: 25 },
    { ...shared, name: "volts", kind: "battery", by: "volts", below: 3.3, clear: 3.5 },
    { ...shared, name: "class", kind: "class", labels: [1], confidence: 0.7, windows: 1 },
  ]);
});

const pager = { name: "pager", url: "https://pager.example/token-12345", secret };
const mail = {
  server: "smtps://mail.example",
  username: "ann",
  password: "12345",
  from: "a@b.example",
  to: ["c@d.example"],
};
const wrong: [what: string, alarms: object, message: RegExp][] = [
  ["a kind that is none", { rules: [{ kind: "cold" }] }, /alarms\.rules\[0\]\.kind: "cold", expected one of silent,/],
  ["a fault that is none", { rules: [{ kind: "fault", faults: ["rust"] }] }, /faults\[0\]: "rust", expected one of/],
  ["two measures of silence", { rules: [{ kind: "silent", hours: 2, windows: 3 }] }, /windows: 3, expected either/],
  ["a battery without a bound", { rules: [{ kind: "battery" }] }, /volts: missing, expected either volts or percent/],
  [
    "a battery that would be low and well at once",
    { rules: [{ kind: "battery", volts: 3.3, clear: 3.2 }] },
    /clear: 3\.2, expected a number from 3\.3/,
  ],
  [
    "two rules of one name",
    { rules: [{ kind: "silent" }, { kind: "silent", hours: 2 }] },
    /rules\[1\]\.name: missing, expected a name that no other one has/,
  ],
  [
    "an address that is none",
    { webhooks: [{ ...pager, url: "ftp://x/12345" }] },
    /webhooks\[0\]\.url: .*https:\/\/HOST/,
  ],
  [
    "a password in an address",
    { webhooks: [{ ...pager, url: "https://ann:12345@x/" }] },
    /webhooks\[0\]\.url: .*without user and password/,
  ],
  ["a secret that is none", { webhooks: [{ ...pager, secret: "12345" }] }, /secret: 5 characters, expected whsec_/],
  ["a misspelt key", { webhook: [{ ...pager, secret: "12345" }] }, /alarms\.webhook: a list/],
  [
    "a mail server with a password",
    { mail: { ...mail, server: "smtp://ann:12345@x" } },
    /mail\.server: .*smtps:\/\/HOST:PORT, and nothing/,
  ],
  ["an address without a host", { mail: { ...mail, to: ["ann"] } }, /mail\.to\[0\]: .*an e-mail address/],
  ["a webhook with the name of e-mail", { mail, webhooks: [{ ...pager, name: "mail" }] }, /name: .*other than "mail"/],
  ["a secret at a rule", { rules: [{ kind: "silent", secret: "12345" }] }, /rules\[0\]\.secret: 5 characters/],
];
for (const [what, alarms, message] of wrong)
  test(`refused, and no secret shown: ${what}`, async (t) => {
    const error = await t.throwsAsync(read(t, alarms), { instanceOf: UserError, message });
    t.notRegex(error.message, /12345/);
  });

test("a class that nodes do not have is refused", async (t) => {
  const config = await read(t, { rules: [{ kind: "class", classes: ["flood"] }] });
  t.throws(() => alarmRules(config, node), {
    instanceOf: UserError,
    message: /alarms\.rules\[0\]\.classes\[0\]: "flood", but there is no such class/,
  });
});

test.serial("a secret may be in the environment, and there is no webhook without one", async (t) => {
  const webhooks = [{ ...pager, secret: undefined }];
  const without = await read(t, { webhooks });
  await t.throwsAsync(alarmChannels(without), { instanceOf: UserError, message: /webhooks\[0\]\.secret: missing/ });
  try {
    process.env["ALARM_WEBHOOK_SECRET"] = "12345";
    const error = await t.throwsAsync(read(t, { webhooks }), { instanceOf: UserError, message: /5 characters/ });
    t.notRegex(error.message, /12345/);
    process.env["ALARM_WEBHOOK_SECRET"] = secret;
    t.is((await read(t, { webhooks })).webhooks[0]!.secret, secret);
    process.env["SMTP_PASSWORD"] = "environment's";
    t.is((await read(t, { mail })).mail!.password, "environment's");
  } finally {
    delete process.env["ALARM_WEBHOOK_SECRET"];
    delete process.env["SMTP_PASSWORD"];
  }
});
