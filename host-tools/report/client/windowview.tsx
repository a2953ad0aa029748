import { useCallback } from "preact/hooks";
import { Chart, isNarrow } from "../../web/chart.js";
import { percent } from "../../web/format.js";
import { multiplesHeight, smallMultiples } from "../../web/smallmultiples.js";
import { lengthText, momentText, stepOf } from "../../web/timeaxis.js";
import { unpack, type PackedSignal, type PageData } from "../pack.js";

export type ShownWindow = PageData["explorer"]["windows"][number];

export const titleOf = ({ recording, time }: ShownWindow): string => `${recording}, ${momentText(time)}`;

const verdictOf = ({ truth, verdict, confidence }: ShownWindow): string =>
  truth === verdict
    ? `${truth}, with confidence ${percent(confidence)}`
    : `truth ${truth}, verdict ${verdict} with confidence ${percent(confidence)}`;

const secondsAxis = (seconds: number) => ({
  type: "value",
  min: 0,
  max: seconds,
  interval: stepOf(0, seconds, isNarrow() ? 4 : 6),
  axisLabel: { showMaxLabel: false, formatter: (value: number) => (value === 0 ? "0" : lengthText(value)) },
});

const signalLines = (signals: readonly PackedSignal[], seconds: number) =>
  signals.map(({ sensor, unit, values }) => {
    const points = unpack(values);
    return {
      name: `${sensor} (${unit})`,
      points: points.map((value, index): [number, number | null] => [((index + 0.5) * seconds) / points.length, value]),
    };
  });

const spectrumLines = (signals: readonly PackedSignal[]) =>
  signals.flatMap(({ sensor, unit, spectrum }, series) => {
    if (!spectrum) return [];
    const points = unpack(spectrum.values);
    const width = spectrum.highest / Math.max(1, points.length - 1);
    return [
      {
        name: `${sensor} (${unit}), to ${spectrum.highest} Hz`,
        series,
        points: points.map((value, index): [number, number | null] => [index * width, value]),
      },
    ];
  });

const highestOf = (signals: readonly PackedSignal[]): number =>
  Math.max(...signals.map(({ spectrum }) => spectrum?.highest ?? 0));

/** What was measured in a window, and its spectra. @param seconds of a window */
export function WindowView({ window, seconds }: { window: ShownWindow; seconds: number }) {
  const { signals } = window;
  const spectra = signals.filter(({ spectrum }) => spectrum);
  const byTime = useCallback(
    () => smallMultiples(signalLines(signals, seconds), secondsAxis(seconds), (at) => `${Number(at.toPrecision(3))} s`),
    [signals, seconds],
  );
  const byFrequency = useCallback(
    () =>
      smallMultiples(
        spectrumLines(signals),
        { type: "value", min: 0, max: highestOf(signals), axisLabel: { formatter: "{value} Hz", showMaxLabel: false } },
        (at) => `${Number(at.toPrecision(3))} Hz`,
      ),
    [signals],
  );
  const what = `${titleOf(window)}: ${verdictOf(window)}`;
  return (
    <div id="window">
      <h3 aria-live="polite">{what}</h3>
      <div class="pair">
        <div>
          <p class="muted">Signals</p>
          <Chart
            name={`Signals of ${signals.map(({ sensor }) => sensor).join(", ")} in ${what}`}
            option={byTime}
            height={multiplesHeight(signals.length)}
          />
        </div>
        {spectra.length > 0 && (
          <div>
            <p class="muted">Spectra, amplitude without the mean</p>
            <Chart
              name={`Spectra of ${spectra.map(({ sensor }) => sensor).join(", ")} in ${what}`}
              option={byFrequency}
              height={multiplesHeight(spectra.length)}
            />
          </div>
        )}
      </div>
    </div>
  );
}
