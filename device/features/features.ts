import FFT from "fft";
import * as statistics from "statistics";
import {
  frameSamples,
  rollingSamples,
  sensorIndex,
  signalsOf,
  statisticsOf,
  windowSamples,
  type NodeConfig,
  type Signal,
  type Statistic,
} from "../config.js";
import type { Ring } from "../ring.js";
import { Magnitude } from "./magnitude.js";
import { binFrom, featureLayout, rawPerFrame, type FeatureLayout } from "./layout.js";

/** The constants of a sensor. */
interface Channel {
  /** Its statistics, and the column of the first in a row. */
  statistics: readonly Statistic[];
  column: number;
  /** Whether they are about more than the moments. */
  hasShape: boolean;
  rate: number;
  perFrame: number;
  /** Samples in a rolling statistic. */
  span: number;
  spectra: readonly Spectrum[];
  /** One value per point of the slowest sensor, for correlations; none without them. */
  coarse: Float32Array;
  perPoint: number;
  /** Column of its first raw value, and samples that each is the mean of; 0: it has none. */
  rawColumn: number;
  perRaw: number;
}

interface Spectrum {
  isOfEnvelope: boolean;
  fft: FFT;
  size: number;
  /** Each band's bins [from, to), one band after the other. */
  bins: Uint16Array;
  column: number;
}

/** Where statistics are in what the natives measure. */
const ofMoments: { readonly [name in Statistic]?: number } = {
  mean: statistics.mean,
  variance: statistics.variance,
  rate: statistics.slope,
  min: statistics.min,
  max: statistics.max,
};
const ofShape: { readonly [name in Statistic]?: number } = {
  rms: statistics.rms,
  skewness: statistics.skewness,
  kurtosis: statistics.kurtosis,
  crest: statistics.crest,
  zeroCrossings: statistics.crossings,
};

/** A window of every sensor -> one row of features per frame, each computed as soon as its samples are there. Allocates only in the constructor. */
export class Features {
  readonly layout: FeatureLayout;
  readonly frames: number;
  readonly #channels: Channel[] = [];
  readonly #pairs: { a: ArrayBufferLike; b: ArrayBufferLike }[];
  readonly #moments = statistics.newMoments();
  readonly #momentsBuffer = this.#moments.buffer;
  readonly #shape = statistics.newShape();
  readonly #shapeBuffer = this.#shape.buffer;
  /** Magnitudes, whose channels follow those of the sensors; and by sensor, which it is an axis of. */
  readonly #magnitudes: Magnitude[] = [];
  readonly #magnitudesOf: readonly (readonly number[])[];
  readonly #points: number;
  readonly #spanPoints: number;
  /** Raw values of a sensor in a frame, and columns from one to the next. */
  readonly #rawPerFrame: number;
  readonly #rawStep: number;
  /** Frames of the current window that have ended, by sensor; and those whose rows are complete. */
  readonly #ended: Uint16Array;
  #done = 0;

  /** @param other of the same node: its transforms are shared, so that only one of both is closed */
  constructor(config: NodeConfig, other?: Features) {
    const { features, sensors, window } = config;
    this.layout = featureLayout(config);
    this.frames = window.frames;
    const slowest = Math.min(...sensors.map((sensor) => sensor.rate));
    this.#points = Math.round((slowest * window.seconds) / window.frames);
    this.#spanPoints = Math.round(slowest * features.spanSeconds);
    this.#ended = new Uint16Array(sensors.length);
    const { raw } = features;
    this.#rawPerFrame = rawPerFrame(config);
    this.#rawStep = raw ? raw.sensors.length : 0;
    const points = this.#points * window.frames;
    const isPaired = (name: string): boolean => features.correlations.some((pair) => pair.includes(name));
    const signals = signalsOf(config);
    let column = 0;
    for (let i = 0; i < signals.length; i++) {
      const signal = signals[i]!;
      const own = statisticsOf(config, signal.name);
      const perFrame = frameSamples(config, signal);
      this.#channels.push({
        statistics: own,
        column,
        hasShape: own.some((statistic) => ofShape[statistic] !== undefined),
        rate: signal.rate,
        perFrame,
        span: rollingSamples(config, signal),
        spectra: other ? other.#channels[i]!.spectra : this.#spectraOf(config, signal),
        coarse: new Float32Array(isPaired(signal.name) ? points : 0),
        perPoint: Math.round(windowSamples(config, signal) / points),
        rawColumn: this.layout.ranges[3]!.from + (raw ? raw.sensors.indexOf(signal.name) : 0),
        perRaw: raw?.sensors.includes(signal.name) ? Math.round(signal.rate / raw.rate) : 0,
      });
      if (signal.axes) this.#magnitudes.push(new Magnitude(signal.axes.length, perFrame, window.frames));
      column += own.length;
    }
    const axesOf = (_: unknown, sensor: number): number[] =>
      this.#magnitudes.map((_each, at) => at).filter((at) => signals[sensors.length + at]!.axes!.includes(sensor));
    this.#magnitudesOf = this.#magnitudes.length > 0 ? sensors.map(axesOf) : [];
    this.#pairs = features.correlations.map(([a, b]) => ({
      a: this.#channels[sensorIndex(config, a)]!.coarse.buffer,
      b: this.#channels[sensorIndex(config, b)]!.coarse.buffer,
    }));
  }

  #spectraOf({ features }: NodeConfig, signal: Signal): Spectrum[] {
    let column = this.layout.ranges[1]!.from;
    const own: Spectrum[] = [];
    for (const { bands, size, sensor, of } of features.spectra) {
      if (sensor === signal.name) {
        const bins = new Uint16Array(2 * bands.length);
        for (let at = 0; at < bins.length; at++) bins[at] = binFrom(bands[at >> 1]![at & 1]!, size, signal.rate);
        own.push({ fft: new FFT(size), size, bins, column, isOfEnvelope: of === "envelope" });
      }
      column += bands.length;
    }
    return own;
  }

  /** A new window begins. */
  begin(): void {
    this.#ended.fill(0);
    this.#done = 0;
    for (let i = 0; i < this.#magnitudes.length; i++) this.#magnitudes[i]!.begin();
  }

  /**
   * A sensor's next frame is complete: computes its part of the frame's row, and what all sensors' parts make possible.
   * @param ring the sensor's newest samples, at least as many as its rolling statistics need; the window's sample i is at index i modulo the capacity
   * @param rows frames * layout.count values, frame after frame
   * @returns how many rows of the window are complete
   */
  endFrame(sensor: number, ring: Ring, rows: Float32Array): number {
    const channel = this.#channels[sensor]!;
    const frame = this.#ended[sensor]!++;
    if (channel.coarse.length > 0) this.#coarsen(channel, ring, frame);
    this.#signalFeatures(channel, ring, frame, rows);
    if (channel.perRaw > 0) this.#rawValues(channel, ring, frame, rows);
    const of = this.#magnitudesOf[sensor];
    for (let i = 0; of && i < of.length; i++) {
      const magnitude = this.#magnitudes[of[i]!]!;
      if (magnitude.endFrame(ring, frame))
        this.#signalFeatures(this.#channels[this.#ended.length + of[i]!]!, magnitude.ring, frame, rows);
    }
    let least = frame + 1;
    for (let s = 0; s < this.#ended.length; s++) least = Math.min(least, this.#ended[s]!);
    while (this.#done < least) this.#correlate(this.#done++, rows);
    return least;
  }

  close(): void {
    for (const { fft } of this.#channels.flatMap(({ spectra }) => spectra)) fft.close();
  }

  #correlate(frame: number, rows: Float32Array): void {
    let column = frame * this.layout.count + this.layout.ranges[2]!.from;
    const end = (frame + 1) * this.#points;
    const from = Math.max(0, end - this.#spanPoints);
    for (let p = 0; p < this.#pairs.length; p++)
      rows[column++] = statistics.correlation(this.#pairs[p]!.a, this.#pairs[p]!.b, from, end);
  }

  /** Of `count` samples from the window's sample `from` on. */
  #measure(ring: Ring, from: number, count: number): void {
    statistics.moments(ring.buffer, from % ring.capacity, count, this.#momentsBuffer);
  }

  #signalFeatures(channel: Channel, ring: Ring, frame: number, rows: Float32Array): void {
    if (channel.statistics.length + channel.spectra.length === 0) return;
    const moments = this.#moments;
    const row = frame * this.layout.count;
    const end = (frame + 1) * channel.perFrame;
    const from = Math.max(0, end - channel.span);
    this.#measure(ring, from, end - from);
    if (channel.hasShape)
      statistics.shape(ring.buffer, from % ring.capacity, end - from, this.#momentsBuffer, this.#shapeBuffer);
    for (let i = 0, at = row + channel.column; i < channel.statistics.length; i++, at++)
      rows[at] = this.#statisticOf(channel.statistics[i]!, channel.rate);
    for (let s = 0; s < channel.spectra.length; s++) {
      const { fft, size, bins, column, isOfEnvelope } = channel.spectra[s]!;
      const start = (end - size) % ring.capacity;
      if (isOfEnvelope) fft.envelope(ring.buffer, start, moments[statistics.mean]!);
      else fft.power(ring.buffer, start, moments[statistics.mean]!);
      for (let i = 0, at = row + column; i < bins.length; i += 2, at++) rows[at] = fft.band(bins[i]!, bins[i + 1]!);
    }
  }

  /** Of what was measured last. */
  #statisticOf(statistic: Statistic, rate: number): number {
    const place = ofShape[statistic];
    const value = place === undefined ? this.#moments[ofMoments[statistic]!]! : this.#shape[place]!;
    return statistic === "rate" || statistic === "zeroCrossings" ? value * rate : value;
  }

  #rawValues({ rawColumn, perRaw, perFrame }: Channel, ring: Ring, frame: number, rows: Float32Array): void {
    const { data, capacity } = ring;
    let at = frame * this.layout.count + rawColumn;
    let from = (frame * perFrame) % capacity;
    for (let i = 0; i < this.#rawPerFrame; i++, at += this.#rawStep) {
      let sum = 0;
      for (let j = 0; j < perRaw; j++) {
        sum += data[from]!;
        if (++from === capacity) from = 0;
      }
      rows[at] = sum / perRaw;
    }
  }

  /** A frame's part: a slow sensor's samples unchanged, a fast one's mean, a vibration's strength. */
  #coarsen(channel: Channel, ring: Ring, frame: number): void {
    const { coarse, perPoint, spectra } = channel;
    const moments = this.#moments;
    const end = (frame + 1) * this.#points;
    for (let i = frame * this.#points; i < end; i++) {
      this.#measure(ring, i * perPoint, perPoint);
      coarse[i] = spectra.length > 0 ? Math.sqrt(moments[statistics.variance]!) : moments[statistics.mean]!;
    }
  }
}
