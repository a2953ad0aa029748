type Level = number;

// The comment and the types are gone from the JavaScript, so its lines differ from these.
export function smooth(level: Level, value: number): Level {
  const difference: number = value - level;
  const half = difference / 2;
  return level + half;
}
