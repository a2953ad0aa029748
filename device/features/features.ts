import FFT from "fft";
import { frameSamples, sensorIndex, windowSamples, type NodeConfig, type Statistic } from "../config.js";
import type { Ring } from "../ring.js";
import { correlation } from "./correlation.js";
import { featureLayout, type FeatureLayout } from "./layout.js";
import { Moments } from "./moments.js";

/** The constants of a sensor. */
interface Channel {
  rate: number;
  perFrame: number;
  /** Samples in a rolling statistic. */
  span: number;
  spectrum: Spectrum | undefined;
  /** One value per point of the slowest sensor, for correlations. */
  coarse: Float32Array;
  perPoint: number;
}

interface Spectrum {
  fft: FFT;
  size: number;
  /** Each band's bins [from, to), one band after the other. */
  bins: Uint16Array;
  column: number;
}

/** A full window of every sensor -> one row of features per frame. Allocates only in the constructor. */
export class Features {
  readonly layout: FeatureLayout;
  readonly frames: number;
  readonly #statistics: readonly Statistic[];
  readonly #channels: Channel[] = [];
  readonly #pairs: { a: Float32Array; b: Float32Array }[];
  readonly #moments = new Moments();
  readonly #points: number;
  readonly #spanPoints: number;

  constructor(config: NodeConfig) {
    const { features, sensors, window } = config;
    this.layout = featureLayout(config);
    this.frames = window.frames;
    this.#statistics = features.statistics;
    const slowest = Math.min(...sensors.map((sensor) => sensor.rate));
    this.#points = (slowest * window.seconds) / window.frames;
    this.#spanPoints = slowest * features.spanSeconds;
    let column = this.layout.ranges[1]!.from;
    for (const sensor of sensors) {
      const perFrame = frameSamples(config, sensor);
      const chosen = features.spectra.find((spectrum) => spectrum.sensor === sensor.name);
      let spectrum: Spectrum | undefined;
      if (chosen) {
        const bins = Uint16Array.from(chosen.bands.flat(), (frequency) =>
          Math.ceil((frequency * chosen.size) / sensor.rate),
        );
        spectrum = { fft: new FFT(chosen.size), size: chosen.size, bins, column };
        column += chosen.bands.length;
      }
      this.#channels.push({
        rate: sensor.rate,
        perFrame,
        span: chosen ? perFrame : Math.max(perFrame, sensor.rate * features.spanSeconds),
        spectrum,
        coarse: new Float32Array(slowest * window.seconds),
        perPoint: windowSamples(config, sensor) / (slowest * window.seconds),
      });
    }
    this.#pairs = features.correlations.map(([a, b]) => ({
      a: this.#channels[sensorIndex(config, a)]!.coarse,
      b: this.#channels[sensorIndex(config, b)]!.coarse,
    }));
  }

  /**
   * @param rings one per sensor, in the order of the node description, each full
   * @param rows frames * layout.count values, frame after frame
   */
  compute(rings: readonly Ring[], rows: Float32Array): void {
    const channels = this.#channels;
    if (this.#pairs.length > 0) for (let s = 0; s < channels.length; s++) this.#coarsen(channels[s]!, rings[s]!);
    for (let frame = 0; frame < this.frames; frame++) {
      const row = frame * this.layout.count;
      let column = row;
      for (let s = 0; s < channels.length; s++)
        column = this.#sensorFeatures(channels[s]!, rings[s]!, frame, row, column, rows);
      column = row + this.layout.ranges[2]!.from;
      const end = (frame + 1) * this.#points;
      const from = Math.max(0, end - this.#spanPoints);
      for (let p = 0; p < this.#pairs.length; p++)
        rows[column++] = correlation(this.#pairs[p]!.a, this.#pairs[p]!.b, from, end);
    }
  }

  close(): void {
    for (const { spectrum } of this.#channels) spectrum?.fft.close();
  }

  #sensorFeatures(
    channel: Channel,
    ring: Ring,
    frame: number,
    row: number,
    column: number,
    rows: Float32Array,
  ): number {
    const moments = this.#moments;
    const end = (frame + 1) * channel.perFrame;
    const from = Math.max(0, end - channel.span);
    moments.measure(ring, from, end - from);
    for (let i = 0; i < this.#statistics.length; i++)
      rows[column++] = statisticOf(moments, this.#statistics[i]!, channel.rate);
    const { spectrum } = channel;
    if (spectrum) {
      let start = ring.start + end - spectrum.size;
      if (start >= ring.capacity) start -= ring.capacity;
      spectrum.fft.power(ring.data.buffer, start, moments.mean);
      const { bins } = spectrum;
      for (let i = 0, at = row + spectrum.column; i < bins.length; i += 2, at++)
        rows[at] = spectrum.fft.band(bins[i]!, bins[i + 1]!);
    }
    return column;
  }

  /** A slow sensor's samples unchanged, a fast one's mean, a vibration's strength. */
  #coarsen(channel: Channel, ring: Ring): void {
    const { coarse, perPoint, spectrum } = channel;
    const moments = this.#moments;
    for (let i = 0; i < coarse.length; i++) {
      moments.measure(ring, i * perPoint, perPoint);
      coarse[i] = spectrum ? Math.sqrt(moments.variance) : moments.mean;
    }
  }
}

function statisticOf(moments: Moments, statistic: Statistic, rate: number): number {
  switch (statistic) {
    case "mean":
      return moments.mean;
    case "variance":
      return moments.variance;
    case "rate":
      return moments.slope * rate;
    case "min":
      return moments.min;
    case "max":
      return moments.max;
  }
}
