/** Crashes in three ways; RTC memory counts them. */
import Host from "host";
import Sleep from "sleep";

const layout = 1;
const record = Sleep.read(layout);
const count = record ? new Uint8Array(record)[0]! : 0;
trace(`${Sleep.cause} ${count} ${Math.random()} ${Math.random()}\n`);
Sleep.write(layout, Uint8Array.of(count + 1), 1);
if (count === 0) throw new Error("the first program");
if (count === 1) void Promise.reject(new Error("the second program"));
if (count === 2) {
  const all: Uint8Array[] = [];
  for (;;) all.push(new Uint8Array(1000));
}
if (count === 3) Host.exit(0);
