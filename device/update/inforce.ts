import type { Settings } from "../codec/settings.js";
import type { SettingsInForce } from "../codec/settingsreport.js";
import { scriptDefaults, type NodeConfig } from "../config.js";

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
