/** What a node reports of its settings, and what they should be. */
import { printable } from "../lib/terminal.js";
import type { NodeConfig } from "../../device/config.js";
import type { Settings } from "../../device/codec/settings.js";
import {
  decodeSettingsReport,
  encodeSettingsReport,
  nameHash,
  type SettingsInForce,
  type SettingsReport,
} from "../../device/codec/settingsreport.js";
import type { Stamp } from "../../device/codec/types.js";
import { applySettings, settingsInForce } from "../../device/update/inforce.js";

/** Settings that were sent. */
export interface SentSettings {
  sequence: number;
  settings: Settings;
  /** The node has refused them, or has taken them back; or they were cancelled, or could not be sent. */
  hasFailed?: boolean;
  /** A rollback: those before are in force again. */
  isBack?: boolean;
}

/** What should be in force of all that was sent; undefined: what the description says. */
export function expectedSettings(sent: readonly SentSettings[] = []): SentSettings | undefined {
  let inForce: SentSettings | undefined;
  let previous: SentSettings | undefined;
  for (const one of sent) {
    if (one.hasFailed) continue;
    // The node has one predecessor.
    if (one.isBack) [inForce, previous] = [previous, undefined];
    else [inForce, previous] = [one, inForce];
  }
  return inForce;
}

/** s by which the time of a report's payloads may differ: the clock may be set between two of them. */
const sameTime = 2;
/** Sequence numbers within which a report's payloads lie; their numbers follow each other, and a change of settings has other uplinks of its own. */
const sameSequence = 8;

/** Whether payloads may be parts of one report: they were made at the same time. */
export function areOfOne(known: Stamp, next: Stamp): boolean {
  const distance = ((next.sequence - known.sequence) << 16) >> 16;
  if (Math.abs(distance) >= sameSequence) return false;
  return known.time === 0 || next.time === 0 || Math.abs(next.time - known.time) <= sameTime;
}

/** Reports with other values mostly have other numbers; where not, they were made at another time. */
const isSameReport = (known: SettingsReport, next: SettingsReport): boolean =>
  known.report === next.report && areOfOne(known, next);

/** Made before what is known of the node, and repeated after it. When its flash was erased its numbers begin anew, with later times. */
export const isEarlier = (next: Stamp, known: Stamp): boolean =>
  next.time > 0 && next.time <= known.time && (next.sequence - known.sequence) << 16 < 0;

/** What is known of a report after one more payload: of another report, nothing of it is; of an earlier one, all. */
export function mergeSettings(known: SettingsReport | undefined, next: SettingsReport): SettingsReport {
  if (!known) return next;
  if (!isSameReport(known, next)) return isEarlier(next, known) ? known : next;
  const merged = { ...known, ...next };
  for (const group of ["limits", "offsets", "classes", "classHashes"] as const)
    if (known[group]) Object.assign(merged, { [group]: { ...known[group], ...next[group] } });
  // Another report may have the same number.
  for (const [index, hash] of Object.entries(next.classHashes ?? {})) {
    const name = merged.classes?.[Number(index)];
    if (name !== undefined && nameHash(name) !== hash) delete merged.classes![Number(index)];
  }
  for (const index of Object.keys(next.classes ?? {})) delete merged.classHashes?.[Number(index)];
  return merged;
}

/** With the rounding that a report has. */
const asReported = (settings: SettingsInForce): SettingsReport =>
  encodeSettingsReport(settings, 0)
    .map(decodeSettingsReport)
    .reduce((known: SettingsReport | undefined, next) => mergeSettings(known, next), undefined)!;

/** Without what the rounding of a report adds: offsets have 17 significant bits, a threshold steps of 1/65535. */
const precise = (value: number): string => String(Number(value.toPrecision(5)));
const share = (value: number): string => String(Number(value.toFixed(4)));
/** Steps of 1/65535 have other digits. */
const exactShare = (value: number): string => String(Number(value.toFixed(6)));

interface Value {
  name: string;
  /** undefined: not reported yet. */
  inForce: string | undefined;
  /** When it is another one. */
  expected?: string;
}

function numberValue(
  name: string,
  inForce: number | undefined,
  expected: number | undefined,
  text: (value: number) => string,
): Value {
  return {
    name,
    inForce: inForce === undefined ? undefined : text(inForce),
    ...(expected !== undefined && expected !== inForce && { expected: text(expected) }),
  };
}

function thresholdValue(inForce: number | undefined, expected: number | undefined): Value {
  const value = numberValue("threshold", inForce, expected, share);
  return value.expected === value.inForce ? numberValue("threshold", inForce, expected, exactShare) : value;
}

const indices = (...groups: (Record<number, unknown> | undefined)[]): number[] =>
  [...new Set(groups.flatMap((group) => Object.keys(group ?? {}).map(Number)))].sort((a, b) => a - b);

function valuesOf(
  known: SettingsReport,
  expected: SettingsReport | undefined,
  config: NodeConfig | undefined,
): Value[] {
  const limits = { ...known.limits, ...expected?.limits };
  return [
    thresholdValue(known.threshold, expected?.threshold),
    numberValue("everySeconds", known.everySeconds, expected?.everySeconds, String),
    ...(Object.keys(limits) as (keyof typeof limits)[]).map((name) =>
      numberValue(`limits.${name}`, known.limits?.[name], expected?.limits?.[name], String),
    ),
    ...indices(known.offsets, expected?.offsets).map((index) => {
      const { name = String(index), unit } = config?.sensors[index] ?? {};
      const text = (value: number): string => (unit ? `${precise(value)} ${unit}` : precise(value));
      return numberValue(`offsets.${name}`, known.offsets?.[index], expected?.offsets?.[index], text);
    }),
    ...indices(known.classes, known.classHashes, expected?.classes, expected?.classHashes).map((index) =>
      classValue(`classes.${config?.classes[index] ?? index}`, index, known, expected),
    ),
  ];
}

/** A name that came as its hash is the expected one when that has the same. */
function classValue(name: string, index: number, known: SettingsReport, expected: SettingsReport | undefined): Value {
  const hashText = (hash: number | undefined): string | undefined =>
    hash === undefined ? undefined : `a name with the hash ${hash.toString(16).padStart(5, "0")}`;
  const wanted = expected?.classes?.[index] ?? hashText(expected?.classHashes?.[index]);
  const hash = known.classHashes?.[index];
  const isWanted = wanted !== undefined && hash === nameHash(wanted);
  const inForce = known.classes?.[index] ?? (isWanted ? wanted : hashText(hash));
  return { name, inForce, ...(wanted !== undefined && wanted !== inForce && { expected: wanted }) };
}

/**
 * The settings that a node has in force, a line for each value, with what it should be where that is something else.
 * @param config the node's description; undefined: it is not known, and there are numbers for names @param sent the settings that it was sent last
 */
export function describeSettings(
  known: SettingsReport | undefined,
  config: NodeConfig | undefined,
  sent: SentSettings | undefined,
): string[] {
  if (!known) return [];
  const settings = sent?.settings ?? {};
  const expected = config && asReported(settingsInForce(applySettings(config, settings), settings.offsets ?? {}));
  const source = sent ? `package ${sent.sequence}` : "the description";
  return valuesOf(known, expected, config).map(({ name, inForce, expected: wanted }) => {
    if (inForce === undefined) return printable(`${name} not reported yet`);
    return printable(
      wanted === undefined ? `${name} ${inForce}` : `${name} ${inForce}: differs, ${source} says ${wanted}`,
    );
  });
}
