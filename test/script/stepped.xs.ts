/** In the script machine. */
export default function double(text: string): string {
  const value = Number(text);
  if (value % 4 === 0) {
    try {
      throw new RangeError(`${value} again`);
    } catch (error) {
      return String(error);
    }
  }
  return String(value * 2);
}
