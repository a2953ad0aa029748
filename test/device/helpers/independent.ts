import type { NodeConfig } from "../../../device/config.js";

/** The features as their definitions say, from the recording's own numbers, in double precision and with a direct DFT. */
export function independent(config: NodeConfig, samples: Record<string, number[]>): number[][] {
  const { sensors, window, features } = config;
  const mean = (x: number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;
  const variance = (x: number[]) => mean(x.map((value) => (value - mean(x)) ** 2));
  const slope = (x: number[]) => {
    const middle = (x.length - 1) / 2;
    const spread = x.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
    return x.length < 2 ? 0 : x.reduce((sum, value, i) => sum + (i - middle) * (value - mean(x)), 0) / spread;
  };
  const slowest = Math.min(...sensors.map((sensor) => sensor.rate));
  const isSpectral = (name: string) => features.spectra.some((spectrum) => spectrum.sensor === name);
  const coarse = (name: string) => {
    const points = Math.round(slowest * window.seconds);
    const per = samples[name]!.length / points;
    return Array.from({ length: points }, (_, i) => {
      const block = samples[name]!.slice(i * per, (i + 1) * per);
      return isSpectral(name) ? Math.sqrt(variance(block)) : mean(block);
    });
  };
  return Array.from({ length: window.frames }, (_, frame) => {
    const row: number[] = [];
    for (const { name, rate } of sensors) {
      const perFrame = samples[name]!.length / window.frames;
      const end = (frame + 1) * perFrame;
      const span = samples[name]!.slice(
        isSpectral(name)
          ? end - perFrame
          : Math.max(0, end - Math.max(perFrame, Math.round(features.spanSeconds * rate))),
        end,
      );
      const about = span.map((value) => value - mean(span));
      const all = {
        mean: mean(span),
        variance: variance(span),
        rate: slope(span) * rate,
        min: Math.min(...span),
        max: Math.max(...span),
        rms: Math.sqrt(mean(span.map((value) => value ** 2))),
        // As scipy.stats.skew and kurtosis have them by default.
        skewness: mean(about.map((value) => value ** 3)) / variance(span) ** 1.5,
        kurtosis: mean(about.map((value) => value ** 4)) / variance(span) ** 2 - 3,
        crest: Math.max(...about.map(Math.abs)) / Math.sqrt(variance(span)),
        zeroCrossings:
          (rate * about.slice(1).filter((value, i) => value >= 0 !== about[i]! >= 0).length) / (span.length - 1),
      };
      row.push(...features.statistics.map((statistic) => all[statistic]));
    }
    for (const { sensor, size, bands, of } of features.spectra) {
      const { rate } = sensors.find(({ name }) => name === sensor)!;
      const perFrame = samples[sensor]!.length / window.frames;
      const end = (frame + 1) * perFrame;
      const level = mean(samples[sensor]!.slice(end - perFrame, end));
      const hann = Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size));
      const about = samples[sensor]!.slice(end - size, end).map((value) => value - level);
      const rectified = about.map(Math.abs);
      const shown = of === "envelope" ? rectified.map((value) => value - mean(rectified)) : about;
      const x = shown.map((value, n) => value * hann[n]!);
      const squares = hann.reduce((sum, value) => sum + value * value, 0);
      for (const [low, high] of bands) {
        let energy = 2 ** -30;
        for (let k = 0; k <= size / 2; k++) {
          if ((k * rate) / size < low || (k * rate) / size >= high) continue;
          const re = x.reduce((sum, value, n) => sum + value * Math.cos((2 * Math.PI * k * n) / size), 0);
          const im = x.reduce((sum, value, n) => sum + value * Math.sin((2 * Math.PI * k * n) / size), 0);
          energy += ((re * re + im * im) / (size * squares)) * (k === 0 || k === size / 2 ? 1 : 2);
        }
        row.push(Math.log2(energy));
      }
    }
    for (const [one, other] of features.correlations) {
      const end = Math.round(((frame + 1) * slowest * window.seconds) / window.frames);
      const from = Math.max(0, end - Math.round(features.spanSeconds * slowest));
      const a = coarse(one).slice(from, end);
      const b = coarse(other).slice(from, end);
      const scale = Math.sqrt(variance(a) * variance(b));
      row.push(
        a.length < 4 || scale === 0 ? 0 : mean(a.map((value, i) => (value - mean(a)) * (b[i]! - mean(b)))) / scale,
      );
    }
    if (features.raw) {
      const { sensors: names, rate: wanted } = features.raw;
      const moments = Math.round((wanted * window.seconds) / window.frames);
      for (let moment = frame * moments; moment < (frame + 1) * moments; moment++)
        for (const name of names) {
          const per = samples[name]!.length / (moments * window.frames);
          row.push(mean(samples[name]!.slice(moment * per, (moment + 1) * per)));
        }
    }
    return row;
  });
}
