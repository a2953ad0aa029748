/** Axes of time for anything from a second to years, and what is written at them. Times are seconds; those since 1970 are shown in UTC. */

const [minute, hour, day] = [60, 3600, 86400];

/** From one tick to the next, s. Each is a part of the day, or whole days. */
const steps = [
  ...[0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 4, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((count) => count * day),
];

/** The shortest step that needs no more than `most` ticks. */
export const stepOf = (from: number, to: number, most: number): number =>
  steps.find((step) => (to - from) / step <= most) ?? Math.ceil((to - from) / most / (364 * day)) * 364 * day;

/** A recording's clock that begins near 0 counts from its start: it is not 1970. */
const isElapsed = (time: number): boolean => Math.abs(time) < 1000 * day;

const two = (value: number): string => String(value).padStart(2, "0");

function timeOfDay(time: number, step: number): string {
  const rest = ((time % day) + day) % day;
  const text = `${two(Math.floor(rest / hour))}:${two(Math.floor(rest / minute) % 60)}`;
  if (step >= minute) return text;
  const digits = step >= 1 ? 0 : step >= 0.1 ? 1 : 2;
  return `${text}:${(rest % minute).toFixed(digits).padStart(digits === 0 ? 2 : 3 + digits, "0")}`;
}

const dateOf = (time: number): string =>
  new Date(time * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** What stands at a tick: the date where a day begins, else the time of day. */
export function tickText(time: number, step: number): string {
  // Sums of decimal steps are off by little.
  const exact = Math.round(time * 1000) / 1000;
  const beginsDay = Math.abs(exact / day - Math.round(exact / day)) * day < 0.0005;
  if (isElapsed(exact)) {
    const days = Math.floor(exact / day + 1e-9);
    if (step >= day || (beginsDay && days > 0)) return `day ${days + 1}`;
    return timeOfDay(exact, step);
  }
  return step >= day || beginsDay ? dateOf(exact) : timeOfDay(exact, step);
}

/** A moment in full, with what is worth saying of it in a recording of so many seconds. */
export function momentText(time: number, length = day): string {
  const step = length < 10 ? 0.1 : length < 2 * hour ? 1 : minute;
  if (isElapsed(time)) return `${time >= day ? `day ${Math.floor(time / day) + 1}, ` : ""}${timeOfDay(time, step)}`;
  return `${new Date(time * 1000).toISOString().slice(0, 10)} ${timeOfDay(time, step)}`;
}

/** From when to when, and in which zone. */
export const spanText = (from: number, to: number): string =>
  `${momentText(from, to - from)} to ${momentText(to, to - from)}${isElapsed(from) ? " on its own clock" : " UTC"}, ${lengthText(to - from)}`;

/** A length of time in its two largest units. */
export function lengthText(seconds: number): string {
  const units: [number, string][] = [
    [7 * day, "weeks"],
    [day, "days"],
    [hour, "h"],
    [minute, "min"],
    [1, "s"],
  ];
  const at = units.findIndex(([unit]) => seconds >= unit);
  if (at < 0) return `${Number(seconds.toPrecision(2))} s`;
  const [unit, name] = units[at]!;
  const [small, smallName] = units[at + 1] ?? [0, ""];
  const count = small ? Math.floor(seconds / unit + 1e-9) : Number((seconds / unit).toFixed(1));
  const rest = small ? Math.round((seconds - count * unit) / small) : 0;
  // 59.7 minutes are an hour.
  if (small && rest * small >= unit) return lengthText((count + 1) * unit);
  const word = (value: number, text: string): string =>
    `${value} ${value === 1 && text.endsWith("s") && text !== "s" ? text.slice(0, -1) : text}`;
  return rest > 0 ? `${word(count, name)} ${word(rest, smallName)}` : word(count, name);
}

/** Of a chart's x axis. @param most ticks */
export function timeAxis(from: number, to: number, most: number) {
  const step = stepOf(from, to, most);
  return {
    type: "value",
    min: from,
    max: to,
    interval: step,
    axisLabel: {
      formatter: (time: number) => tickText(time, step),
      hideOverlap: true,
      // The ends are no ticks, unless by chance.
      showMinLabel: isTick(from, step),
      showMaxLabel: isTick(to, step),
    },
  };
}

const isTick = (time: number, step: number): boolean => Math.abs(time / step - Math.round(time / step)) < 1e-6;

/** Points of a line with a hole where more than a window is missing. */
export function withHoles(
  times: readonly number[],
  values: readonly (number | null)[],
  spacing: number,
): [number, number | null][] {
  return times.flatMap((time, index): [number, number | null][] => {
    const before = times[index - 1];
    const point: [number, number | null] = [time, values[index] ?? null];
    return before !== undefined && time - before > 1.5 * spacing ? [[before + spacing, null], point] : [point];
  });
}
