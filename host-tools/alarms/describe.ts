import type { NodeConfig } from "../../device/config.js";
import type { AlarmRule, Found } from "../store/alarmRules.js";
import type { AlarmRow } from "../store/alarmTables.js";
import { isoTime } from "./channel.js";

/** What is told of an alarm. @param node the description that all nodes have: names of classes and sensors */
export function describeAlarm(
  { classes, sensors }: Pick<NodeConfig, "classes" | "sensors">,
  rule: AlarmRule,
  found: Found,
): Pick<AlarmRow, "what" | "value"> {
  switch (rule.kind) {
    case "silent":
      return { what: `not heard since ${isoTime(found.lastSeen!)}`, value: found.lastSeen! };
    case "fault": {
      const { fault, sensor, cause, count } = found;
      const about = [
        fault!,
        ...(sensor === null ? [] : [sensors[sensor]?.name ?? `sensor ${sensor}`]),
        ...(cause === null ? [] : [cause]),
      ];
      return { what: `${about.join(", ")}, ${count!} times`, value: count! };
    }
    case "battery": {
      const value = rule.by === "volts" ? found.volts! : found.percent!;
      return { what: rule.by === "volts" ? `battery ${value.toFixed(2)} V` : `battery ${value.toFixed(0)} %`, value };
    }
    case "class": {
      const { label, confidence } = found;
      return {
        what: `${classes[label!] ?? `class ${label!}`}, confidence ${confidence!.toFixed(2)}`,
        value: confidence!,
      };
    }
  }
}
