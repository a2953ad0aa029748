import Host from "host";
import { Ring } from "ring";

/** Arguments: capacity, then steps: so many samples, or -1: clear. Samples are 1, 2, 3... Prints the contents after each step, oldest first. */
const [capacity, ...steps] = Host.args.map(Number);
const ring = new Ring(capacity!);
const data = ring.data;
let next = 1;
/** Since the last clear. */
let count = 0;
for (const step of steps) {
  if (step === -1) {
    ring.clear();
    count = 0;
  }
  for (let i = 0; i < step; i++) ring.push(next++);
  count += Math.max(0, step);
  const held = Math.min(count, ring.capacity);
  trace(`${JSON.stringify(Array.from({ length: held }, (_, i) => data[(count - held + i) % ring.capacity]))}\n`);
}
if (ring.data !== data) throw new Error("the ring allocated another array");
