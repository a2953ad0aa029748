import type { Findings } from "../findings.js";
import { unknownName } from "tfjs-to-tflite/lib/nearest.js";
import type { Draft, Rule } from "./draft.js";
import { once } from "./names.js";

/** The window, and what is computed of it. */
export const checkFeatures: Rule = (draft, findings) => {
  checkWindow(draft, findings);
  const { features, window } = draft;
  if (!features) return;
  once(
    features.statistics.map((statistic, index) => [["features", "statistics", index], statistic]),
    findings,
  );
  once(
    features.spectra.map(({ sensor }, index) => [["features", "spectra", index, "sensor"], sensor]),
    findings,
  );
  const frameSeconds = window && window.seconds / window.frames;
  if (frameSeconds !== undefined && features.spanSeconds < frameSeconds)
    findings.expected(["features", "spanSeconds"], `a number from ${frameSeconds} (one frame) to 3600`);
  checkSpectra(draft, frameSeconds, findings);
  checkCorrelations(draft, findings);
  checkRaw(draft, findings);
  if (features.statistics.length + features.spectra.length + features.correlations.length === 0 && !features.raw)
    findings.expected(["features"], "at least one feature");
};

function checkWindow({ window, sensors }: Draft, findings: Findings): void {
  if (!window) return;
  const { seconds, everySeconds, frames } = window;
  if (everySeconds < seconds)
    findings.expected(["window", "everySeconds"], `a number from ${seconds} (the window's own seconds) to 86400`);
  sensors.forEach((sensor, index) => {
    if (sensor && (sensor.rate * seconds) % frames)
      findings.expected(
        ["sensors", index, "rate"],
        `a rate that gives each of the ${frames} frames of the ${seconds} s window the same whole number of samples`,
      );
  });
}

/** Names of the sensors; nothing while one of them cannot be known. */
function sensorNames({ sensors }: Pick<Draft, "sensors">): string[] | undefined {
  const names = sensors.map((sensor) => sensor?.name);
  return names.includes(undefined) ? undefined : (names as string[]);
}

function checkSpectra(draft: Draft, frameSeconds: number | undefined, findings: Findings): void {
  draft.features?.spectra.forEach(({ sensor: name, size, bands }, index) => {
    const path = ["features", "spectra", index];
    const names = sensorNames(draft);
    if (names && !names.includes(name)) findings.add("error", [...path, "sensor"], unknownName("sensor", name, names));
    if (size & (size - 1)) findings.expected([...path, "size"], "a power of two");
    const rate = draft.sensors.find((sensor) => sensor?.name === name)?.rate;
    if (rate === undefined) return;
    if (frameSeconds !== undefined && size > rate * frameSeconds)
      findings.expected([...path, "size"], `at most the ${rate * frameSeconds} samples of a frame`);
    bands.forEach(([low, high], band) => {
      const place = [...path, "bands", band];
      if (low < 0 || high > rate / 2)
        findings.expected(place, `a band inside 0 to ${rate / 2} Hz, half the sensor's rate`);
      else if (Math.ceil((high * size) / rate) <= Math.ceil((low * size) / rate))
        findings.expected(place, `a band that holds a bin: bins are ${rate / size} Hz apart`);
    });
    once(
      bands.map((band, at) => [[...path, "bands", at], band.join(" to ")]),
      findings,
    );
  });
}

function checkRaw({ features, sensors, window }: Draft, findings: Findings): void {
  const raw = features?.raw;
  if (!raw) return;
  const path = ["features", "raw"];
  once(
    raw.sensors.map((name, index) => [[...path, "sensors", index], name]),
    findings,
  );
  const names = sensorNames({ sensors });
  raw.sensors.forEach((name, index) => {
    if (names && !names.includes(name))
      findings.add("error", [...path, "sensors", index], unknownName("sensor", name, names));
    const rate = sensors.find((sensor) => sensor?.name === name)?.rate;
    if (rate !== undefined && rate % raw.rate)
      findings.expected([...path, "rate"], `${rate}, the rate of ${name}, or that divided by a whole number`);
  });
  if (window && (raw.rate * window.seconds) % window.frames)
    findings.expected(
      [...path, "rate"],
      `a rate that gives each of the ${window.frames} frames of the ${window.seconds} s window the same whole number of values`,
    );
}

function checkCorrelations(draft: Draft, findings: Findings): void {
  const names = sensorNames(draft);
  const correlations = draft.features?.correlations ?? [];
  correlations.forEach((pair, index) => {
    const path = ["features", "correlations", index];
    pair.forEach((name, side) => {
      if (names && !names.includes(name)) findings.add("error", [...path, side], unknownName("sensor", name, names));
    });
    if (pair[0] === pair[1]) findings.expected(path, "two different sensors");
  });
  once(
    correlations.map(([a, b], index) => [["features", "correlations", index], `${a} ~ ${b}`]),
    findings,
  );
}
