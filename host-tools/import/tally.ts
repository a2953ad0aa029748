/** What was dropped, cut and resampled on the way from a file to recordings, in words. */
import type { RateTally } from "./grid.js";
import type { Imported } from "./recording.js";
import type { ReadRows } from "./rows.js";

export interface Tally {
  /** Rows and stretches that are not in the recordings. */
  dropped: string[];
  /** Where recordings were cut. */
  cut: string[];
}

const many = (count: number, one: string): string => `${count.toLocaleString("en-US")} ${one}${count === 1 ? "" : "s"}`;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
export const shortly = (value: number): string => String(Number(value.toPrecision(4)));

export function tallyOf(reads: readonly ReadRows[], recordings: readonly Imported[]): Tally {
  const of = (count: (recording: Imported) => number): number => sum(recordings.map(count));
  const gaps = recordings.flatMap(({ cut }) => cut.gaps).sort((a, b) => a - b);
  const [duplicates, unsorted, leftOut, setBack] = (["duplicates", "unsorted", "leftOut", "setBack"] as const).map(
    (key) => of(({ cut }) => cut[key]),
  );
  const [truncated, untimed] = (["truncated", "untimed"] as const).map((key) => sum(reads.map((read) => read[key])));
  const shortRows = of(({ short }) => short.rows);
  return {
    dropped: [
      ...(truncated! > 0
        ? [truncated === 1 ? "the last row, which is cut off" : `${truncated} last rows, which are cut off`]
        : []),
      ...(untimed! > 0 ? [`${many(untimed!, "row")} without a time`] : []),
      ...(duplicates! > 0 ? [`${many(duplicates!, "row")} with the time of another`] : []),
      ...(leftOut! > 0 ? [`${many(leftOut!, "row")} of labels that are left out`] : []),
      ...(shortRows > 0
        ? [
            `${many(
              of(({ short }) => short.pieces),
              "stretch",
            )} shorter than a window, ${many(shortRows, "row")}`.replace("stretchs", "stretches"),
          ]
        : []),
    ],
    cut: [
      ...(gaps.length > 0
        ? [
            `${many(gaps.length, "gap")} of ${shortly(gaps[0]!)}${gaps.length > 1 ? ` to ${shortly(gaps.at(-1)!)}` : ""} s`,
          ]
        : []),
      ...(setBack! > 0 ? [`the clock was set back ${many(setBack!, "time")}`] : []),
      ...(unsorted! > 0 ? [`${many(unsorted!, "row")} put into the order of time`] : []),
    ],
  };
}

/** Rates of all recordings of a file, sensor by sensor. */
export function mergeRates(recordings: readonly Imported[]): RateTally[] {
  const [first] = recordings;
  return (first?.rates ?? []).map((_, sensor) => {
    const all = recordings.map(({ rates }) => rates[sensor]!);
    const of = (key: keyof RateTally): number[] => all.map((rate) => rate[key]);
    const added = (key: keyof RateTally): number => sum(of(key));
    return {
      ticks: added("ticks"),
      seconds: added("seconds"),
      samples: added("samples"),
      missing: added("missing"),
      resampled: added("resampled"),
      irregular: added("irregular"),
      jitter: Math.max(...of("jitter")),
      drift: of("drift").reduce((most, drift) => (Math.abs(drift) > Math.abs(most) ? drift : most), 0),
    };
  });
}

/** Hz, as measured; NaN: too few samples. */
const realRate = ({ ticks, seconds }: RateTally): number => (seconds > 0 ? ticks / seconds : NaN);

/** What is said of a sensor's clock. @param rate Hz, of the description */
export function rateWords(tally: RateTally, rate: number): string {
  const real = realRate(tally);
  if (Number.isNaN(real)) return "no readings";
  const words = [
    tally.irregular > 0 ? `irregular, about ${shortly(real)} Hz` : `${shortly(real)} Hz`,
    ...(tally.resampled > 0 ? [`resampled to ${rate} Hz`] : []),
    ...(Math.abs(tally.drift) > 0.002 ? [`drifts by ${shortly(100 * tally.drift)} %`] : []),
    ...(tally.jitter > 0.1 ? [`jitter ${shortly((1000 * tally.jitter) / real)} ms`] : []),
    ...(tally.missing > 0 ? [`${many(tally.missing, "sample")} missing`] : []),
  ];
  return words.join(", ");
}
