/** Whether the text shows eight consecutive hexadecimal digits of one of the keys, with any separators between the bytes, or four of its bytes in decimal. */
export function shows(text: string, keys: readonly string[]): boolean {
  const digits = text.toLowerCase().replace(/0x|\\+x|[^0-9a-z.]/g, "");
  return keys.some((whole) => {
    const bytes = [...Buffer.from(whole, "hex")];
    for (let at = 0; at + 4 <= bytes.length; at++) {
      const part = bytes.slice(at, at + 4);
      if (digits.includes(Buffer.from(part).toString("hex")) || new RegExp(part.join("[^0-9]{1,6}")).test(text))
        return true;
    }
    return false;
  });
}

/** Every session key that the network server keeps. */
export const sessionKeysIn = (saved: unknown): string[] =>
  [...JSON.stringify(saved).matchAll(/"(?:nwkSKey|appSKey)":"([0-9a-f]{32})"/g)].map((match) => match[1]!);
