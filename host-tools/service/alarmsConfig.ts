/** The part of the cloud's description about alarms. */
import { z } from "zod";
import { faultKinds } from "../../device/codec/types.js";
import { UserError } from "../lib/errors.js";
import { between, choice, hex, key, list, name, section, text, variants, whole } from "../node/schema/fields.js";
import { emailAddress, isWebhookSecret, mailServer, webhookSecret, webhookSecretRule, webhookUrl } from "./fields.js";

const hours = () => between(0.05, 8760);

/** Of every kind of rule. */
const shared = {
  name: key(name().optional(), "what the rule is called, another one for each", { absent: "its kind" }),
  nodes: key(list(hex(8), 1, 1000).optional(), "DevEUIs of the nodes that it is about", { absent: "all" }),
  repeatHours: key(
    between(0, 8760).default(1),
    "an alarm of the same node does not come again for so long after it was opened",
    { unit: "h" },
  ),
};

const silent = section({
  kind: key(z.literal("silent"), "a node from which nothing has come for a while; until something comes"),
  hours: key(hours().optional(), "for so long; nodes send a health report once a day", {
    unit: "h",
    absent: "26, unless windows says it",
  }),
  windows: key(whole(1, 100_000).optional(), "the same in windows of the node description", { absent: "hours" }),
  ...shared,
}).superRefine(({ hours, windows }, context) => {
  if (hours !== undefined && windows !== undefined)
    context.addIssue({ code: "custom", path: ["windows"], message: "either hours or windows" });
});

const fault = section({
  kind: key(z.literal("fault"), "a node that reports faults; until none has come for a while"),
  faults: key(list(choice(faultKinds), 1, faultKinds.length).optional(), "their kinds", { absent: "all" }),
  hours: key(hours().default(24), "the alarm is open until so long after the last one", { unit: "h" }),
  ...shared,
});

const battery = section({
  kind: key(z.literal("battery"), "a node whose battery is low, by its health reports"),
  volts: key(between(0.1, 60).optional(), "below this voltage", { unit: "V" }),
  percent: key(between(1, 99).optional(), "or below this charge, of nodes that know it", { unit: "%" }),
  clear: key(between(0.1, 100).optional(), "in the same unit: from here on it is no longer low", {
    absent: "0.1 V, or 5 %, above",
  }),
  ...shared,
}).superRefine(({ volts, percent, clear }, context) => {
  const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  if ((volts === undefined) === (percent === undefined)) refuse("volts", "either volts or percent");
  const below = volts ?? percent;
  if (clear !== undefined && below !== undefined && clear < below) refuse("clear", `a number from ${below}`);
});

const verdict = section({
  kind: key(z.literal("class"), "a node whose last verdict, or the cloud's decision on it, is of a class"),
  classes: key(list(text(), 1, 256), "names of classes of the node description"),
  confidence: key(between(0, 1).default(0.7), "with this confidence or more"),
  windows: key(whole(1, 1000).default(1), "for so many windows in a row"),
  ...shared,
});

const webhook = section({
  name: key(name(), "what it is called, another one for each"),
  url: key(webhookUrl(), "address to which each alarm is posted, as JSON"),
  secret: key(
    webhookSecret().optional(),
    "what signatures are made with; the environment variable ALARM_WEBHOOK_SECRET has precedence",
    { absent: "ALARM_WEBHOOK_SECRET" },
  ),
});

const mail = section({
  server: key(mailServer(), "mail server; smtp has STARTTLS, other than on this machine"),
  username: key(text().optional(), "user name at the server", { absent: "none" }),
  password: key(text().optional(), "its password; the environment variable SMTP_PASSWORD has precedence", {
    absent: "none",
  }),
  ca: key(text().optional(), "file (PEM) with the certificate of the authority that has signed the server's", {
    absent: "the authorities that Node.js knows",
  }),
  from: key(emailAddress(), "sender"),
  to: key(list(emailAddress(), 1, 100), "recipients"),
});

const kinds = ["silent", "fault", "battery", "class"] as const;

export const alarms = key(
  section({
    rules: key(
      list(variants("kind", [silent, fault, battery, verdict], kinds), 0, 100).default([]),
      "what an alarm is opened for",
    ),
    webhooks: key(list(webhook, 0, 20).default([]), "programs that are told of it"),
    mail: key(mail.optional(), "persons who are told of it by e-mail", { absent: "none" }),
  })
    .superRefine(({ rules, webhooks, mail: hasMail }, context) => {
      const once = (list: string, names: string[]) =>
        names.forEach((one, i) => {
          if (names.indexOf(one) < i)
            context.addIssue({ code: "custom", path: [list, i, "name"], message: "a name that no other one has" });
        });
      once("rules", rules.map(ruleName));
      once(
        "webhooks",
        webhooks.map((one) => one.name),
      );
      webhooks.forEach(({ name: one }, i) => {
        if (hasMail && one === "mail")
          context.addIssue({ code: "custom", path: ["webhooks", i, "name"], message: 'a name other than "mail"' });
      });
    })
    .prefault({}),
  "when somebody is told that a node wants a look",
);

export type AlarmsConfig = z.output<typeof alarms>;
export type RuleConfig = AlarmsConfig["rules"][number];

export const ruleName = (rule: { kind: string; name?: string | undefined }): string => rule.name ?? rule.kind;

/** Those of the environment, which are in no file. @throws UserError for one that is none */
export function withAlarmSecrets(config: AlarmsConfig): AlarmsConfig {
  const { ALARM_WEBHOOK_SECRET: secret, SMTP_PASSWORD: password } = process.env;
  if (secret && !isWebhookSecret(secret))
    throw new UserError(`ALARM_WEBHOOK_SECRET: ${secret.length} characters, expected ${webhookSecretRule}`);
  const { webhooks, mail } = config;
  return {
    ...config,
    ...(secret && { webhooks: webhooks.map((one) => ({ ...one, secret })) }),
    ...(mail && { mail: { ...mail, ...(password && { password }) } }),
  };
}
