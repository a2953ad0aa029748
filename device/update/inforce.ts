import type { Settings } from "../codec/settings.js";
import type { SettingsInForce } from "../codec/settingsreport.js";
import { scriptDefaults, type NodeConfig } from "../config.js";
import type { ReadPackage } from "../codec/package.js";
import {
  firmwareParts,
  partNames,
  withParts,
  type Installed,
  type Part,
  type PartName,
  type Parts,
} from "./records.js";

/** The description with settings in place of what it says. Offsets are no part of it. Pure. */
export function applySettings(description: NodeConfig, settings: Settings): NodeConfig {
  const { threshold, everySeconds, classes, limits } = settings;
  const { policy, window, app } = description;
  const renamed = (name: string): string => classes?.[description.classes.indexOf(name)] ?? name;
  return {
    ...description,
    policy: { ...policy, threshold: threshold ?? policy.threshold },
    window: { ...window, everySeconds: everySeconds ?? window.everySeconds },
    classes: description.classes.map(renamed),
    app: {
      ...app,
      // Rules go by the classes' names.
      ...(app.rules && {
        rules: Object.fromEntries(Object.entries(app.rules).map(([name, rule]) => [renamed(name), rule])),
      }),
      ...(limits && { limits: { ...app.limits, ...limits } }),
    },
  };
}

/** All values that settings can change. @param config with the settings in it @param offsets by the sensor's index. Pure. */
export function settingsInForce(config: NodeConfig, offsets: Readonly<Record<number, number>>): SettingsInForce {
  const { policy, window, app, sensors, classes } = config;
  return {
    threshold: policy.threshold,
    everySeconds: window.everySeconds,
    limits: { ...scriptDefaults, ...app.limits },
    offsets: sensors.map((_, index) => offsets[index] ?? 0),
    classes: [...classes],
  };
}

/** With a package in place of the parts that it has. Pure. @param part where it is @param madeFor as in `Installed` */
export function withPackage(
  { current, previous, probationFrom }: Installed,
  sections: ReadPackage["sections"],
  part: Part,
  madeFor: number,
): Installed {
  const { sequence } = part;
  const items = sections.settings?.slice() ?? current.items;
  const given: Parts = { script: part, model: part, settings: part, items };
  const replaced = partNames.filter((name) => sections[name]);
  // What has not proved itself is no predecessor.
  const proved = replaced.filter((name) => probationFrom === 0 || current[name].sequence < probationFrom);
  return {
    newest: sequence,
    current: withParts(current, given, replaced),
    previous: withParts(previous, current, proved),
    probationFrom: probationFrom || sequence,
    madeFor,
  };
}

/** With the predecessors of what has not proved itself, or else of one part; the firmware's own where there is none. Pure. @returns subject: the package's sequence; 0: there is nothing to take back */
export function withoutPackage(installed: Installed, name: PartName): { subject: number; installed: Installed } {
  const { newest, current, previous, probationFrom } = installed;
  const names = probationFrom > 0 ? partNames.filter((each) => current[each].sequence >= probationFrom) : [name];
  return {
    subject: probationFrom > 0 ? newest : current[name].sequence,
    installed: {
      ...installed,
      current: withParts(current, previous, names),
      previous: withParts(previous, firmwareParts(), names),
      probationFrom: 0,
    },
  };
}
