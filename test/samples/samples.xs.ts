/** What samples.ts gives for made samples: a line of JSON for each. */
import Host from "host";
import * as samples from "samples";

const print = (value: unknown) => trace(`${JSON.stringify(value)}\n`);

// Two channels of four samples, and a byte before them, into a ring from its last place but one on.
const ring = new Int16Array(32);
const bytes = Uint8Array.of(99, 1, 0, 255, 255, 2, 1, 254, 255, 3, 2, 0, 128, 4, 3, 255, 127);
samples.unpack(bytes.buffer, 3, 4, 4, ring.buffer, 30);
print([...ring.slice(30), ...ring.slice(0, 3)]);

for (const cutoff of [0.2944, 0.46]) print([...samples.newWeights(cutoff)]);

// A tone of a twentieth of the input rate, at fractional positions.
const inputs = new Int16Array(128);
for (let i = 0; i < 128; i++) inputs[i] = Math.round(30000 * Math.sin((2 * Math.PI * i) / 20));
const out = new Float32Array(40);
const end = samples.resample(inputs.buffer, samples.newWeights(0.4).buffer, 32.25, 1.53, 80, 0.001, out.buffer, 40);
print([end, ...out]);

const sound = Int16Array.of(5, -32768, 32767, 100, -200, 300);
const sums = Float64Array.of(1000, 1);
const frame = new Float32Array(8);
samples.sound(sound.buffer, 1, 5, sums.buffer, frame.buffer, 3);
samples.sound(sound.buffer, 5, 6, sums.buffer, frame.buffer, -1);
print([...sums, ...frame]);

Host.exit(0);
