import Counter from "counter";
import Digital from "embedded:io/digital";
import Flash from "flash";
import Instrumentation from "instrumentation";
import steps from "lib/steps";
import two from "lib/two";
import config from "mc/config";
import Modules from "modules";
import Resource from "Resource";
import pins from "sim/pins";
import Time from "time";
import Timer from "timer";

const print = (name: string, value: unknown) => trace(JSON.stringify({ name, value }), "\n");

class Twice extends Counter {
  #by = 2;
  override next(): number {
    return super.next() * this.#by;
  }
}

print("config", config);
print("module", two);
const counter = new Twice(4);
print("native", [
  counter.next(),
  counter.next(),
  counter instanceof Counter,
  (counter as unknown as { made: boolean }).made,
]);

const letters = new Resource("letters.bin");
print("resource", [
  letters.byteLength,
  String.fromArrayBuffer(letters.slice(2, 5)),
  new Uint8Array(letters as unknown as ArrayBuffer, 3, 2).join(),
]);
print("resource in place", new Uint8Array(letters.slice(8, 10, false) as unknown as ArrayBuffer).join());
print("resource exists", [Resource.exists("letters.bin"), Resource.exists("none")]);
try {
  new Uint8Array(letters as unknown as ArrayBuffer)[0] = 1;
  print("resource is writable", true);
} catch (error) {
  print("resource is read-only", String(error));
}

print("modules", [Modules.has("lib/one"), Modules.has("lib/left-out"), Modules.importNow("lib/one"), Modules.archive]);
print("instrumentation", Instrumentation.get(Instrumentation.map("XS Slot Heap Used"))! > 0);

const flash = new Flash("session");
flash.erase(1);
flash.write(4096, 3, Uint8Array.of(0xf0, 0x0f, 0xff));
flash.write(4097, 1, Uint8Array.of(0xf3));
print("flash", [flash.byteLength, flash.blockSize, new Uint8Array(flash.read(4096, 4) as ArrayBuffer).join()]);
for (const wrong of [
  () => flash.read(16380, 8),
  () => flash.erase(4),
  () => flash.write(0, 3, new Uint8Array(2)),
  () => new Flash("none"),
]) {
  try {
    wrong();
    print("flash error", "none");
  } catch (error) {
    print("flash error", String(error));
  }
}

const written: [number, number][] = [];
pins.watch((pin, level) => written.push([pin, level]));
const valve = new Digital({ pin: 5, mode: Digital.Output });
valve.write(1);
const button = new Digital({
  pin: 7,
  mode: Digital.Input,
  edge: Digital.Rising,
  onReadable() {
    print("edge", [this.read(), Time.delta(asked)]);
    this.close();
  },
});
const before = [Time.ticks, Time.microseconds!, Date.now()] as const;
Timer.delay(3);
print("time", [Time.delta(before[0]), Math.floor((Time.microseconds! - before[1]) / 1000), Date.now() - before[2]]);
// 32 bits, as on the chip.
print("ticks", [Time.delta(0x7fffffff, -0x80000000), Time.delta(-1, 0)]);
const [one, ten] = [steps(1000), steps(10_000)];
// Script takes time: ten times as many turns of a loop take ten times as long.
print("script time", [one > 100 && one < 10_000, Math.round(ten / one)]);
const asked = Time.ticks;
Timer.set(() => pins.write(7, 1), 20);
valve.write(0);
valve.close();
print("digital", [written, button.read()]);

const once = Timer.set(() => print("timer", "late"), 50);
Timer.schedule(once, 10);
const unscheduled = Timer.set(() => print("timer", "never"), 5);
Timer.schedule(unscheduled);
Timer.set(() => Timer.clear(unscheduled), 100);
await Promise.resolve();
print("await", true);
