import test from "ava";
import { makeDay } from "../../host-tools/recordings/day.js";
import { Random } from "../../host-tools/lib/random.js";
import { makeSite } from "../../host-tools/recordings/site.js";
import { makeSlow, probeSlope } from "../../host-tools/recordings/slow.js";
import { makeVibration } from "../../host-tools/recordings/vibration.js";
import { makeWeather, saturationPressure } from "../../host-tools/recordings/weather.js";
import { exampleNode } from "../../host-tools/node/nodeFolder.js";
import { readNode } from "../../host-tools/node/nodeFile.js";

const quiet = { pump: 0, bearing: 0, leak: 0, machine: 0, machineHz: 10 };
const site = { ...makeSite(new Random("physics")), vibrationGain: 1 };
const rate = 64;

/** Mean square of x at one frequency, by the definition of the Fourier transform, averaged over two-second pieces. */
function powerAt(x: Float64Array, frequency: number): number {
  const size = 2 * rate;
  let total = 0;
  const pieces = Math.floor(x.length / size);
  for (let piece = 0; piece < pieces; piece++) {
    let [re, im] = [0, 0];
    for (let i = 0; i < size; i++) {
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size);
      re += window * x[piece * size + i]! * Math.cos((2 * Math.PI * frequency * i) / rate);
      im += window * x[piece * size + i]! * Math.sin((2 * Math.PI * frequency * i) / rate);
    }
    total += (re * re + im * im) / size;
  }
  return total / pieces;
}

const rms = (x: Float64Array): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length);
/** Mean over windows, so that no single window decides. */
const over = (windows: number, value: (random: Random) => number): number =>
  Array.from({ length: windows }, (_, index) => value(new Random(`window/${index}`))).reduce((a, b) => a + b, 0) /
  windows;

test("saturation vapour pressure: table 2.3 of FAO-56", (t) => {
  // °C, kPa
  for (const [temperature, pressure] of [
    [1, 0.657],
    [10, 1.228],
    [20, 2.338],
    [30, 4.243],
    [40, 7.376],
  ] as const)
    t.true(Math.abs(saturationPressure(temperature) - pressure) < 0.002, `${temperature} °C`);
});

test("a pump shakes the pipe at its shaft's frequency and its second harmonic", (t) => {
  const at = (frequency: number): number =>
    over(20, (random) =>
      powerAt(makeVibration(site, { ...quiet, pump: 0.3 }, 0.02, random, 30, rate).samples, frequency),
    );
  t.true(at(site.shaftHz) > 20 * at(site.shaftHz * 0.75));
  t.true(at(2 * site.shaftHz) > 5 * at(2 * site.shaftHz - 3));
});

test("a failing bearing adds sidebands at the cage frequency around the shaft's, and does not change the power", (t) => {
  const make = (bearing: number) => (random: Random) =>
    makeVibration(site, { ...quiet, pump: 0.3, bearing }, 0.02, random, 30, rate).samples;
  for (const sign of [-1, 1]) {
    const sideband = site.shaftHz * (1 + sign * site.cageRatio);
    const at = (bearing: number): number => over(20, (random) => powerAt(make(bearing)(random), sideband));
    t.true(at(0.9) > 4 * at(0), `sideband ${sideband.toFixed(1)} Hz: ${at(0.9)} and ${at(0)}`);
  }
  const [sound, failing] = [over(20, (random) => rms(make(0)(random))), over(20, (random) => rms(make(0.9)(random)))];
  t.true(Math.abs(failing / sound - 1) < 0.08, `${sound} and ${failing}`);
});

test("a leak is broadband, strongest at the pipe's resonance", (t) => {
  const at = (leak: number, frequency: number): number =>
    over(20, (random) => powerAt(makeVibration(site, { ...quiet, leak }, 0.03, random, 30, rate).samples, frequency));
  t.true(at(0.15, site.resonanceHz) > 10 * at(0, site.resonanceHz));
  t.true(at(0.15, site.resonanceHz) > 4 * at(0.15, site.resonanceHz / 2));
});

function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (x: Float64Array): number => x.reduce((sum, value) => sum + value, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  const sum = (value: (i: number) => number): number => a.reduce((total, _, i) => total + value(i), 0);
  return (
    sum((i) => (a[i]! - ma) * (b[i]! - mb)) / Math.sqrt(sum((i) => (a[i]! - ma) ** 2) * sum((i) => (b[i]! - mb) ** 2))
  );
}

test("the soil probe follows temperature down in wet soil, up in dry soil, and the flow only during irrigation", (t) => {
  const weather = makeWeather(site, "mild", new Random("weather"), 96)[40]!;
  const surge = (random: Random): Float64Array => Float64Array.from({ length: 30 }, () => random.normal());
  const soilAndTemperature = (water: number) =>
    over(40, (random) => {
      const slow = makeSlow(site, weather, water, quiet, new Float64Array(30), random, 30);
      return correlation(slow.soil, slow.temperature);
    });
  t.true(soilAndTemperature(site.refill + 4) < -0.5);
  t.true(soilAndTemperature(site.refill - 4) > 0.5);
  t.is(probeSlope(site.refill, site.refill) + 0, 0);
  const soilAndFlow = (state: typeof quiet) =>
    over(40, (random) => {
      const flow = surge(random);
      return correlation(makeSlow(site, weather, site.refill, state, flow, random, 30).soil, flow);
    });
  t.true(soilAndFlow({ ...quiet, pump: 0.3 }) > 0.5);
  t.true(Math.abs(soilAndFlow({ ...quiet, pump: 0.3, leak: 0.2 })) < 0.15);
});

test("days: the sun dries the soil, irrigation wets it, leaks do not; frost comes only on clear cold nights", async (t) => {
  const config = await readNode(exampleNode.description);
  for (let day = 0; day < 12; day++) {
    const { truths, site: field } = makeDay(config, 3, `site${day}`, day);
    t.is(truths.length, 96);
    truths.forEach(({ weather, pipe, water, label }, index) => {
      t.true(weather.humidity >= 0 && weather.humidity <= 100 && weather.evapotranspiration >= 0);
      t.true(water > 0 && water < field.fieldCapacity + 5);
      if (index > 0) {
        const change = water - truths[index - 1]!.water;
        if (pipe.pump > 0 && pipe.leak === 0 && water < field.fieldCapacity) t.true(change > 0, "irrigation waters");
        else if (pipe.pump === 0) t.true(change <= 1e-12, "nothing but irrigation waters");
      }
      if (label === "frostRisk") t.true(weather.radiativeFrost && weather.temperature < 4 && day % 3 === 0);
      if (label === "dry") t.true(water < field.refill);
      if (label === "leak") t.true(pipe.leak > 0);
    });
    const hour = (h: number): number => truths[4 * h]!.weather.temperature;
    t.true(hour(15) > hour(5) + 3, "afternoons are warmer than mornings");
    t.is(truths[0]!.weather.evapotranspiration, 0);
  }
});
