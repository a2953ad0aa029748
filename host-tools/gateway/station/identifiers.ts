/**
 * 64-bit identifiers as stations spell them (LNS protocol of LoRa Basics Station, "Glossary"): EUI-64 with hyphens or colons, ID6 (four groups of 16 bits, "::" for
 * zeros as in IPv6), MAC-48, or a number.
 */

/** As `readIdentifier` knows them. */
export const identifierForms = "an EUI such as aa-55-5a-00-00-00-01-01, or an ID6 such as aa55:5a00::101";

const digits = (groups: readonly string[], width: number): string =>
  groups.map((group) => group.padStart(width, "0")).join("");

/** @returns sixteen hexadecimal digits in lower case; undefined for what is no identifier */
export function readIdentifier(value: unknown): string | undefined {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value))) {
    const number = BigInt(value);
    // A signed 64-bit integer is one, too.
    return number < -(2n ** 63n) || number >= 2n ** 64n
      ? undefined
      : BigInt.asUintN(64, number).toString(16).padStart(16, "0");
  }
  if (typeof value !== "string" || value.length > 40) return undefined;
  const text = value.toLowerCase();
  if (/^[0-9a-f]{16}$/.test(text)) return text;
  if (/^[0-9a-f]{2}(?:-[0-9a-f]{2}){7}$/.test(text) || /^[0-9a-f]{2}(?::[0-9a-f]{2}){7}$/.test(text))
    return text.replace(/[-:]/g, "");
  // The EUI-64 of a MAC-48.
  if (/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(text)) {
    const mac = text.replaceAll(":", "");
    return `${mac.slice(0, 6)}fffe${mac.slice(6)}`;
  }
  return readId6(text);
}

function readId6(text: string): string | undefined {
  const halves = text.split("::");
  if (halves.length > 2 || !/^[0-9a-f:]+$/.test(text)) return undefined;
  const [front = [], back = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 4 - front.length - back.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...front, ...Array.from({ length: missing }, () => "0"), ...back];
  return groups.every((group) => /^[0-9a-f]{1,4}$/.test(group)) ? digits(groups, 4) : undefined;
}

/** ID6 of sixteen hexadecimal digits; the longest run of zero groups is "::". */
export function writeId6(eui: string): string {
  const groups = eui.match(/.{4}/g)!.map((group) => parseInt(group, 16).toString(16));
  const runs = /(?:^|:)0(?::0)*(?:$|:)/g;
  const full = groups.join(":");
  const longest = [...full.matchAll(runs)].map(([run]) => run).sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? full : full.replace(longest, "::");
}

/** "AA-55-5A-00-00-00-01-01" */
export function writeEui(eui: string): string {
  return eui.toUpperCase().match(/../g)!.join("-");
}
