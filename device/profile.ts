import type { NodeConfig } from "./config.js";

/** Counted up when what `profileText` says of a node changes. */
const profileFormat = 1;

/**
 * What app scripts and networks depend on: sensors, window, features, classes, actuators, in their order. A package is made for the nodes with
 * one profile, by its SHA-256. What a node has of its own (wiring, keys, settings) is not in it. Pure.
 */
export function profileText({ sensors, window, features, task, classes, actuators }: NodeConfig): string {
  return JSON.stringify([
    profileFormat,
    sensors.map(({ name, unit, rate, range }) => [name, unit, rate, range]),
    [window.seconds, window.frames],
    [
      features.statistics,
      features.spanSeconds,
      features.spectra.map(({ sensor, size, bands, of }) => [sensor, size, bands, ...(of === "envelope" ? [of] : [])]),
      features.correlations,
      // Nothing for nodes without: their profile is what it was.
      ...(features.raw ? [[features.raw.sensors, features.raw.rate]] : []),
      ...(features.statisticsOf ? [{ statisticsOf: Object.entries(features.statisticsOf) }] : []),
      ...(features.magnitudes
        ? [{ magnitudes: features.magnitudes.map(({ name, sensors: axes }) => [name, axes]) }]
        : []),
    ],
    classes,
    actuators.map(({ name }) => name),
    ...(task === "anomaly" ? [task] : []),
  ]);
}
