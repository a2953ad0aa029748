import { UserError } from "../../lib/errors.js";

/** A component that ESP-IDF links: one of its own by `idf`, or one of its registry by name. */
export type Dependency =
  { idf: string } | { namespace?: string; name: string; version?: string; includes?: readonly string[] };

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

function wrongWith(entry: unknown): string | undefined {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return "an object is expected";
  const { idf, namespace, name, version, includes, ...others } = entry as Record<string, unknown>;
  const unknown = Object.keys(others);
  if (unknown.length > 0)
    return `"${unknown[0]}" is no key of a dependency; those are idf, or namespace, name, version and includes`;
  if (idf !== undefined) {
    if (!isText(idf)) return '"idf" is the name of a component of ESP-IDF, such as "esp_driver_spi"';
    const extra = Object.entries({ namespace, name, version, includes }).find(([, value]) => value !== undefined);
    return extra && `"${extra[0]}" is for components of the registry; with "idf" there is no other key`;
  }
  if (!isText(name)) return '"idf" or "name" is expected';
  for (const [key, value] of Object.entries({ namespace, version }))
    if (value !== undefined && !isText(value)) return `"${key}" is a string`;
  if (includes !== undefined && !(Array.isArray(includes) && includes.every(isText)))
    return '"includes" is a list of folders';
  return undefined;
}

/**
 * The `dependency` list of a manifest's section, as mcconfig reads it for esp32.
 * @throws UserError with file and entry; also for a list outside of `platforms`, which mcconfig ignores
 */
export function dependenciesOf(list: unknown, from: string, isPlatform: boolean): Dependency[] {
  if (list === undefined) return [];
  if (!isPlatform)
    throw new UserError(
      `${from}: "dependency" is read in a section of "platforms" only, such as {"platforms": {"esp32": {"dependency": [...]}}}`,
    );
  if (!Array.isArray(list)) throw new UserError(`${from}: "dependency" is a list, ${JSON.stringify(list)} is not`);
  for (const entry of list) {
    const wrong = wrongWith(entry);
    if (wrong) throw new UserError(`${from}: dependency ${JSON.stringify(entry)}: ${wrong}`);
  }
  return list as Dependency[];
}
