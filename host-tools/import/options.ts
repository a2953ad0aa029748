/** The import's options on the command line, which say what a mapping says. */
import { UserError } from "../lib/errors.js";
import { checkMapping, mappingVersion, type Mapping } from "./mapping.js";

export interface MappingOptions {
  time?: string;
  timeFormat?: string;
  zone?: string;
  rate?: number;
  start?: string;
  column?: string[];
  scale?: string[];
  offset?: string[];
  unit?: string[];
  filtered?: boolean;
  labelColumn?: string;
  label?: string;
  labelFromName?: string;
  class?: string[];
  separator?: string;
  decimal?: string;
  thousands?: string;
  comment?: string;
  missing?: string[];
  split?: string[];
  joined?: boolean;
  gap?: number;
}

/** "accel=0.1": a sensor and its value; without a sensor, of all of them. */
function pairs(
  option: string,
  texts: readonly string[] | undefined,
  names: readonly string[],
  isForAll: boolean,
): [name: string, value: string][] {
  return (texts ?? []).flatMap((text) => {
    const at = text.lastIndexOf("=");
    if (at > 0) return [[text.slice(0, at), text.slice(at + 1)] as [string, string]];
    if (!isForAll) throw new UserError(`--${option} ${text}: expected NAME=VALUE`);
    return names.map((name) => [name, text] as [string, string]);
  });
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new UserError(`--${option}: "${text}" is no number`);
  return value;
}

const named: Record<string, string> = {
  tab: "\t",
  semicolon: ";",
  comma: ",",
  blank: " ",
  space: " ",
  "\\t": "\t",
  point: ".",
};
const mark = (text: string): string => named[text] ?? text;

/** @param sensors of the node @throws UserError for a value that is none, or a sensor that the node has not */
export function mappingOf(options: MappingOptions, sensors: readonly string[]): Mapping {
  const found: Record<string, Record<string, unknown>> = {};
  const put = (
    option: string,
    key: string,
    texts: readonly string[] | undefined,
    read: (text: string) => unknown,
    isForAll = true,
  ): void => {
    for (const [name, text] of pairs(option, texts, sensors, isForAll)) {
      if (!sensors.includes(name))
        throw new UserError(`--${option}: "${name}" is no sensor of the node; its sensors are ${sensors.join(", ")}`);
      found[name] = { ...found[name], [key]: read(text) };
    }
  };
  put("column", "column", options.column, String, sensors.length === 1);
  put("scale", "scale", options.scale, (text) => numberOf("scale", text));
  put("offset", "offset", options.offset, (text) => numberOf("offset", text));
  put("unit", "unit", options.unit, String);
  if (options.filtered) put("filtered", "filtered", ["true"], () => true);
  const given = {
    loamImport: mappingVersion,
    csv: without({
      separator: options.separator && mark(options.separator),
      decimal: options.decimal && mark(options.decimal),
      thousands: options.thousands && mark(options.thousands),
      comment: options.comment,
    }),
    time: without({
      column: options.time,
      format: options.timeFormat,
      zone: options.zone,
      rate: options.rate,
      start: options.start,
    }),
    label: without({ column: options.labelColumn, value: options.label, fromName: options.labelFromName }),
    sensors: Object.keys(found).length > 0 ? found : undefined,
    labels:
      options.class &&
      Object.fromEntries(
        pairs("class", options.class, [], false).map(([label, name]) => [label, name === "" ? null : name]),
      ),
    ...{ missing: options.missing, split: options.split, joined: options.joined, gapSeconds: options.gap },
  };
  return checkMapping(without(given) ?? {}, "options");
}

/** Without keys that say nothing; undefined: all of them. */
function without(keys: Record<string, unknown>): Record<string, unknown> | undefined {
  const said = Object.entries(keys).filter(([, value]) => value !== undefined);
  return said.length > 0 ? Object.fromEntries(said) : undefined;
}
