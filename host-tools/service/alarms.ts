import type { NodeConfig } from "../../device/config.js";
import type { Channel } from "../alarms/channel.js";
import { Mail } from "../alarms/mail.js";
import { Webhook } from "../alarms/webhook.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { unknownName } from "tfjs-to-tflite/lib/nearest.js";
import type { AlarmRule } from "../store/alarmRules.js";
import { ruleName, type AlarmsConfig, type RuleConfig } from "./alarmsConfig.js";
import { webhookSecretRule } from "./fields.js";

const hour = 3600;

/** The rules of a description, for nodes of another one. @throws UserError for a class that nodes do not have */
export const alarmRules = ({ rules }: AlarmsConfig, node: NodeConfig): AlarmRule[] =>
  rules.map((rule, i) => alarmRule(rule, node, `alarms.rules[${i}]`));

function alarmRule(rule: RuleConfig, { window, classes }: NodeConfig, place: string): AlarmRule {
  const { repeatHours, nodes } = rule;
  const shared = {
    name: ruleName(rule),
    nodes: nodes?.map((devEui) => devEui.toLowerCase()),
    repeatSeconds: repeatHours * hour,
  };
  switch (rule.kind) {
    case "silent": {
      const { hours = 26, windows } = rule;
      const seconds = windows === undefined ? hours * hour : windows * window.everySeconds;
      return { ...shared, kind: "silent", seconds };
    }
    case "fault":
      return { ...shared, kind: "fault", faults: rule.faults ?? [], seconds: rule.hours * hour };
    case "battery": {
      const { volts, percent, clear } = rule;
      return volts === undefined
        ? { ...shared, kind: "battery", by: "percent", below: percent!, clear: clear ?? percent! + 5 }
        : { ...shared, kind: "battery", by: "volts", below: volts, clear: clear ?? volts + 0.1 };
    }
    case "class": {
      const { confidence, windows } = rule;
      const labels = rule.classes.map((name, i) => {
        const label = classes.indexOf(name);
        if (label < 0) throw new UserError(`${place}.classes[${i}]: "${name}"${unknownName("class", name, classes)}`);
        return label;
      });
      return { ...shared, kind: "class", labels, confidence, windows };
    }
  }
}

/** Whom a description has told. @throws UserError for one without its secret, or its certificate */
export async function alarmChannels({ webhooks, mail }: AlarmsConfig): Promise<Channel[]> {
  const channels: Channel[] = webhooks.map(({ name, url, secret }, i) => {
    if (secret === undefined)
      throw new UserError(
        `alarms.webhooks[${i}].secret: missing, and ALARM_WEBHOOK_SECRET is not set; expected ${webhookSecretRule}`,
      );
    return new Webhook({ name, url, secret });
  });
  if (mail === undefined) return channels;
  const ca = mail.ca === undefined ? undefined : await readUserFile(mail.ca, "the mail server's authority");
  return [...channels, new Mail({ ...mail, ca })];
}
