/** What outlasts a program: one line from each of several, which end in deep sleep. */
import Digital from "embedded:io/digital";
import Host from "host";
import Sleep from "sleep";
import Time from "time";
import Timer from "timer";
import pins from "sim/pins";

const layout = 7;
const record = Sleep.read(layout);
const count = record ? new Uint8Array(record)[0]! : 0;
const text = record ? String.fromArrayBuffer(record.slice(1)) : "";

trace(
  `${JSON.stringify({
    count,
    text,
    cause: Sleep.cause,
    rtc: Math.round(Sleep.rtc),
    date: Date.now(),
    ticks: Time.ticks,
    otherLayout: Sleep.read(layout + 1) !== undefined,
    held: pins.read(25),
    loose: pins.read(26),
    leftover: (globalThis as { leftover?: number }).leftover ?? 0,
  })}\n`,
);
(globalThis as { leftover?: number }).leftover = 1;
const valve = new Digital({ pin: 25, mode: Digital.Output });
const alarm = new Digital({ pin: 26, mode: Digital.Output });
const pump = new Digital({ pin: 27, mode: Digital.Output });
// Before they are released: then the pads follow what the program drives.
valve.write(count === 0 ? 1 : pins.read(25));
pump.write(1);
Sleep.release(25);
Sleep.release(27);
alarm.write(1);
Sleep.keep(25);
Sleep.hold(25);
Sleep.hold(27);
Timer.set(() => {
  const next = new Uint8Array(new ArrayBuffer(4));
  next.set([count + 1, 0x61 + count, 0x62, 0x63]);
  Sleep.write(layout, next, 4);
  if (count === 3) Host.exit(0);
  Sleep.deep(900_000);
}, 1000);
