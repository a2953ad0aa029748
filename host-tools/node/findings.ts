/** Errors, warnings and notes about a node description, collected so that all are reported together. */

import { looksSecret, pathText, type Path } from "../lib/jsonPath.js";

/** note: printed only by `loam check`; warning: by every command that reads the description. */
export type Level = "error" | "warning" | "note";

export interface Finding {
  level: Level;
  text: string;
}

export class ConfigError extends Error {
  override name = "ConfigError";

  constructor(readonly problems: readonly string[]) {
    super(problems.length === 1 ? problems[0] : `${problems.length} problems:\n  ${problems.join("\n  ")}`);
  }
}

/** Values at these paths are never shown: they are, or may contain, the AppKey, or a password. */
const holdsKey = ["", "radio", "radio.appKey", "radio.abp", "radio.abp.nwkSKey", "radio.abp.appSKey", "network"];
/** A misspelt key may be meant for a password, too; of those that are told of alarms even the address may be a secret. */
const holdsPassword = /^network\.[^.]*(?:pas|user|secret|key)|^alarms(?:$|\.(?!rules)|.*(?:pas|user|secret|key|url))/i;
/** A URL with a password. */
const hasPassword = /^[a-z]+:\/\/[^/]*@/i;
/** A key in a sentence that names other values of the description; longer, so that ordinary numbers remain. */
const secretWord = /(?:[0-9a-f][\s:,_-]?){12,}|(?:(?:0x|\\x)[0-9a-f]{1,2}[\s:,_-]*){4,}/gi;

function shown(value: unknown, path: string): string {
  if (value === undefined) return "missing";
  const isHidden = holdsKey.includes(path) || holdsPassword.test(path);
  if (typeof value === "string" && (isHidden || hasPassword.test(value) || looksSecret.test(value)))
    return `${value.length} characters`;
  if (typeof value === "number" && isHidden) return "a number";
  const text = (JSON.stringify(value) as string | undefined) ?? typeof value;
  if (typeof value === "object" && value && (isHidden || looksSecret.test(text) || bytesIn(value)))
    return Array.isArray(value) ? "a list" : "an object";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A key may be a list of bytes. */
const bytesIn = (value: object): boolean =>
  Array.isArray(value)
    ? value.filter((item) => Number.isInteger(item) && item >= 0 && item < 256).length >= 8
    : Object.values(value).some((inner) => typeof inner === "object" && inner && bytesIn(inner as object));

export class Findings {
  readonly #root: unknown;
  readonly #what: string;
  readonly #list: Finding[] = [];

  /** @param what is said of the whole */
  constructor(root: unknown, what = "the node description") {
    this.#root = root;
    this.#what = what;
  }

  /** @param right what a valid value is */
  expected(path: Path, right: string): void {
    this.add("error", path, `, expected ${right}`);
  }

  /** @param remark follows the key and its value */
  add(level: Level, path: Path, remark: string): void {
    const place = pathText(path);
    const text = `${place || this.#what}: ${shown(this.#at(path), place)}${remark.replace(secretWord, "...")}`;
    if (!this.#list.some((finding) => finding.text === text)) this.#list.push({ level, text });
  }

  has(path: Path): boolean {
    return this.#at(path) !== undefined;
  }

  of(level: Level): string[] {
    return this.#list.filter((finding) => finding.level === level).map((finding) => finding.text);
  }

  #at(path: Path): unknown {
    return path.reduce<unknown>(
      (value, part) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, part)
          ? (value as Record<string | number, unknown>)[part]
          : undefined,
      this.#root,
    );
  }
}
