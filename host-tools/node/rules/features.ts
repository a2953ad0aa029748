import { isWhole } from "../../../device/config.js";
import { binFrom } from "../../../device/features/layout.js";
import { longestWindow } from "../limitsOfTime.js";
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
    features.spectra.map(({ sensor, of = "signal" }, index) => [
      ["features", "spectra", index, "sensor"],
      `${sensor} ${of}`,
    ]),
    findings,
  );
  const frameSeconds = window && window.seconds / window.frames;
  if (frameSeconds !== undefined && features.spanSeconds < frameSeconds - 1e-9)
    findings.expected(["features", "spanSeconds"], `a number from ${frameSeconds} (one frame) to ${longestWindow}`);
  checkSignals(draft, findings);
  checkSpectra(draft, frameSeconds, findings);
  checkCorrelations(draft, findings);
  checkRaw(draft, findings);
  const all = [features.statistics, ...Object.values(features.statisticsOf ?? {})];
  if (all.flat().length + features.spectra.length + features.correlations.length === 0 && !features.raw)
    findings.expected(["features"], "at least one feature");
};

function checkWindow({ window, sensors }: Draft, findings: Findings): void {
  if (!window) return;
  const { seconds, everySeconds, frames } = window;
  sensors.forEach((sensor, index) => {
    if (!sensor) return;
    const path = ["sensors", index, "rate"];
    const { rate } = sensor;
    if (!isWhole(rate * seconds) || !isWhole((rate * seconds) / frames))
      findings.expected(
        path,
        `a rate that gives each of the ${frames} frames of the ${seconds} s window the same whole number of samples${nearestRate(rate, frames, seconds)}`,
      );
    else if (everySeconds < seconds && !isWhole(rate * everySeconds))
      findings.expected(
        path,
        `a rate that gives the ${everySeconds} s of window.everySeconds, after which the next window begins, a whole number of samples${nearestRate(rate, 1, everySeconds)}`,
      );
  });
}

/** ", such as 50.4": the nearest rate with a whole number of samples in each of so many parts of so many seconds. */
function nearestRate(rate: number, parts: number, seconds: number): string {
  const near = (Math.max(1, Math.round((rate * seconds) / parts)) * parts) / seconds;
  return near > 16_000 ? "" : `, such as ${Number(near.toPrecision(9))}`;
}

/** Names of the sensors; nothing while one of them cannot be known. */
function sensorNames({ sensors }: Pick<Draft, "sensors">): string[] | undefined {
  const names = sensors.map((sensor) => sensor?.name);
  return names.includes(undefined) ? undefined : (names as string[]);
}

/** Names of sensors and magnitudes. */
function signalNames(draft: Draft): string[] | undefined {
  const names = sensorNames(draft);
  return names && [...names, ...(draft.features?.magnitudes ?? []).map(({ name }) => name)];
}

function checkSignals(draft: Draft, findings: Findings): void {
  const { statisticsOf = {}, magnitudes = [] } = draft.features!;
  const names = sensorNames(draft);
  const signals = signalNames(draft);
  for (const [name, statistics] of Object.entries(statisticsOf)) {
    const path = ["features", "statisticsOf", name];
    if (signals && !signals.includes(name)) findings.add("error", path, unknownName("sensor", name, signals));
    once(
      statistics.map((statistic, index) => [[...path, index], statistic]),
      findings,
    );
  }
  magnitudes.forEach(({ name, sensors }, index) => {
    const path = ["features", "magnitudes", index];
    if (signals && signals.indexOf(name) !== signals.lastIndexOf(name))
      findings.expected([...path, "name"], "a name that no sensor and no other magnitude has");
    const rate = draft.sensors.find((sensor) => sensor?.name === sensors[0])?.rate;
    sensors.forEach((axis, at) => {
      const other = draft.sensors.find((sensor) => sensor?.name === axis)?.rate;
      if (names && !names.includes(axis))
        findings.add("error", [...path, "sensors", at], unknownName("sensor", axis, names));
      else if (rate !== undefined && other !== undefined && other !== rate)
        findings.expected([...path, "sensors", at], `a sensor with ${rate} Hz, the rate of ${sensors[0]}`);
    });
    once(
      sensors.map((axis, at) => [[...path, "sensors", at], axis]),
      findings,
    );
  });
}

function checkSpectra(draft: Draft, frameSeconds: number | undefined, findings: Findings): void {
  draft.features?.spectra.forEach(({ sensor: name, size, bands }, index) => {
    const path = ["features", "spectra", index];
    const names = signalNames(draft);
    if (names && !names.includes(name)) findings.add("error", [...path, "sensor"], unknownName("sensor", name, names));
    if (size & (size - 1)) findings.expected([...path, "size"], "a power of two");
    const axis = draft.features?.magnitudes?.find((magnitude) => magnitude.name === name)?.sensors[0] ?? name;
    const rate = draft.sensors.find((sensor) => sensor?.name === axis)?.rate;
    if (rate === undefined) return;
    if (frameSeconds !== undefined && size > Math.round(rate * frameSeconds))
      findings.expected([...path, "size"], `at most the ${Math.round(rate * frameSeconds)} samples of a frame`);
    bands.forEach(([low, high], band) => {
      const place = [...path, "bands", band];
      if (low < 0 || high > rate / 2)
        findings.expected(place, `a band inside 0 to ${rate / 2} Hz, half the sensor's rate`);
      else if (binFrom(high, size, rate) <= binFrom(low, size, rate))
        findings.expected(place, `a band that holds a bin: bins are ${Number((rate / size).toPrecision(6))} Hz apart`);
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
    if (rate !== undefined && !isWhole(rate / raw.rate))
      findings.expected([...path, "rate"], `${rate}, the rate of ${name}, or that divided by a whole number`);
  });
  if (window && !isWhole((raw.rate * window.seconds) / window.frames))
    findings.expected(
      [...path, "rate"],
      `a rate that gives each of the ${window.frames} frames of the ${window.seconds} s window the same whole number of values`,
    );
}

/** Correlations are of one value of each sensor for every sample of the node's slowest. */
function checkCommonPace({ sensors }: Draft, correlated: ReadonlySet<string>, findings: Findings): void {
  const slowest = Math.min(...sensors.map((sensor) => sensor?.rate ?? Infinity));
  sensors.forEach((sensor, index) => {
    if (sensor && correlated.has(sensor.name) && !isWhole(sensor.rate / slowest))
      findings.expected(
        ["sensors", index, "rate"],
        `a whole multiple of ${slowest} Hz, the rate of the node's slowest sensor, for features.correlations`,
      );
  });
}

function checkCorrelations(draft: Draft, findings: Findings): void {
  const names = sensorNames(draft);
  const correlations = draft.features?.correlations ?? [];
  checkCommonPace(draft, new Set(correlations.flat()), findings);
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
