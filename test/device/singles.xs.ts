/** A sensor that is read once for each of its samples, which counts up; arguments: how many samples each of the reads gives. Prints two windows and their faults. */
import { frameSamples, type NodeConfig } from "config";
import Host from "host";
import { Intake } from "intake";
import { SampledSensor } from "sampledsensor";

const config = {
  sensors: [{ name: "single", unit: "", rate: 4, range: [0, 1000], stuckSeconds: 0 }],
  window: { seconds: 2, everySeconds: 2, frames: 1 },
  features: { statistics: [], spanSeconds: 2, spectra: [], correlations: [] },
} as unknown as NodeConfig;
const sensorConfig = config.sensors[0]!;
const size = frameSamples(config, sensorConfig);

const counts = Host.args.map(Number);
let value = 0;
const reading = { count: 0, values: new Float32Array(8) };
const samples: number[] = [];
const faults: [string, number][] = [];

const intake = new Intake(config, {
  onFrame() {
    const { data, capacity } = intake.rings[0]!;
    for (let i = 0; i < size; i++) samples.push(data[i % capacity]!);
  },
  onFault: (_, kind, count) => faults.push([kind, count]),
});
const sensor = new SampledSensor(sensorConfig, 0, intake, (_, error) => {
  throw error;
});
let now = 0;
sensor.open(
  () => ({
    configure() {},
    sample() {
      reading.count = counts.shift()!;
      for (let i = 0; i < reading.count; i++) reading.values[i] = ++value;
      return reading.count > 0 ? reading : undefined;
    },
    close() {},
  }),
  config,
  () => now,
);
for (let window = 0; window < 2; window++) {
  samples.length = faults.length = 0;
  intake.begin(now / 1000);
  sensor.begin(config.window.seconds);
  for (let read = 1; read <= size; read++) sensor.read((now += sensor.period), read);
  // As the sampler does: a sensor that is not full is read again.
  if (!sensor.isFull && counts.length > 0 && window === 1) sensor.read(now, size);
  sensor.end();
  intake.end();
  trace(`${JSON.stringify([samples, faults])}\n`);
}
sensor.close();
