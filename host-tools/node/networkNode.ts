/** The node that a network was made for, as networks carry it, and where a description differs from it. */
import type { NodeConfig } from "../../device/config.js";
import { featureLayout } from "../../device/features/layout.js";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../lib/errors.js";
import { profileHash } from "./profile.js";

/** What a network's input and its classes depend on. */
export interface NetworkNode {
  /** Hash of the description's profile, hexadecimal: the one that packages carry. */
  profile: string;
  sensors: { name: string; unit: string; rate: number; range: readonly number[] }[];
  window: { seconds: number; frames: number };
  features: NodeConfig["features"];
  classes: readonly string[];
  /** The network's columns, in their order. */
  featureNames: readonly string[];
}

export const networkNode = (config: NodeConfig): NetworkNode => ({
  profile: profileHash(config).toString("hex"),
  sensors: config.sensors.map(({ name, unit, rate, range }) => ({ name, unit, rate, range })),
  window: { seconds: config.window.seconds, frames: config.window.frames },
  features: config.features,
  classes: config.classes,
  featureNames: featureLayout(config).names,
});

/** What reads as one; what it holds is checked where it is compared. */
export const isNetworkNode = (value: unknown): value is NetworkNode =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as NetworkNode).profile === "string" &&
  Array.isArray((value as NetworkNode).sensors) &&
  Array.isArray((value as NetworkNode).classes);

export interface NodeDifference {
  /** Such as "window.seconds", or "sensors.soil.rate". */
  key: string;
  text: string;
  /** Whether the network means something else by it. A range only bounds what counts as a fault. */
  isHarmless: boolean;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Values that are longer are not shown whole. */
const longest = 80;

function show(value: unknown): string {
  if (value === undefined) return "none";
  const text = JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}...` : text;
}

/** Objects by keys, lists of things with names by name, other lists of one length by place. */
function compare(key: string, made: unknown, now: unknown, to: NodeDifference[]): void {
  if (isDeepStrictEqual(made, now)) return;
  if (isObject(made) && isObject(now)) {
    for (const each of new Set([...Object.keys(made), ...Object.keys(now)]))
      compare(key === "" ? each : `${key}.${each}`, made[each], now[each], to);
    return;
  }
  if (Array.isArray(made) && Array.isArray(now) && made.length === now.length && made.some(isObject)) {
    made.forEach((value: unknown, at) => {
      const name = isObject(value) && typeof value["name"] === "string" ? value["name"] : String(at);
      compare(`${key}.${name}`, value, (now as unknown[])[at], to);
    });
    return;
  }
  to.push({ key, text: `${key} was ${show(made)}, is ${show(now)}`, isHarmless: /^sensors\..*\.range$/.test(key) });
}

/** As a file holds it: without keys that are undefined. */
const plain = (node: NetworkNode): NetworkNode => JSON.parse(JSON.stringify(node)) as NetworkNode;

/** Where a node is another one than a network's, sensors with other names as a whole. Empty: the network fits. */
export function differencesOf(was: NetworkNode, is: NetworkNode): NodeDifference[] {
  const found: NodeDifference[] = [];
  const [made, now] = [plain(was), plain(is)];
  const namesOf = ({ sensors }: NetworkNode): string[] => sensors.map(({ name }) => name);
  if (isDeepStrictEqual(namesOf(made), namesOf(now))) compare("sensors", made.sensors, now.sensors, found);
  else compare("sensors", namesOf(made), namesOf(now), found);
  for (const key of ["window", "features", "classes"] as const) compare(key, made[key], now[key], found);
  return found;
}

const listed = (differences: readonly NodeDifference[]): string => differences.map(({ text }) => text).join("; ");

/** @throws UserError when what a network at `place` means is not what the description says; what does no harm is a warning */
export function requireSameNode(place: string, made: NetworkNode | undefined, config: NodeConfig): void {
  const found = made ? differencesOf(made, networkNode(config)) : [];
  const harmful = found.filter(({ isHarmless }) => !isHarmless);
  if (harmful.length > 0)
    throw new UserError(
      `${place} was trained for another description than this node's: ${listed(harmful)}. Train again, or go back to that description`,
    );
  warnOfOtherNode(place, found);
}

/** For commands that do not need the description. */
export function warnOfOtherNode(place: string, differences: readonly NodeDifference[]): void {
  if (differences.length > 0)
    process.stderr.write(
      `warning: ${place} was trained for another description than this node's: ${listed(differences)}\n`,
    );
}
