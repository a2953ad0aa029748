/**
 * The node's end of TS003 with its real clock, on simulated time: each argument is a step. "+N": N ms pass; "<HEX": a downlink; ">N": what is due is sent, with
 * N ms of airtime (and in so many bytes: ">N/BYTES", and with a downlink in its windows: ">N<HEX"), and a line is printed; "?N": the windows of an uplink with DeviceTimeReq end, with the answer N, if any; "=N": a deep sleep in which
 * the RTC counts N ms; "!": a reset; "*N": a reset while what is due is transmitted; "~": a power cut.
 */
import Host from "host";
import { ClockSync } from "clocksync";
import { FieldReader, FieldWriter } from "flash/fields";
import { SyncedClock } from "syncedclock";
import Timer from "timer";

let rtc = 1000;
let woken = Infinity;
let clock: SyncedClock;
let node: ClockSync;
const journal: unknown[] = [];

function begin(saved?: [Uint8Array, Uint8Array]): void {
  clock = new SyncedClock(false, () => rtc);
  node = new ClockSync({
    clock,
    random: () => 0,
    kick: () => {},
    wakeAfter: (ms) => void (woken = ms),
    onSet: () => {},
    journal: (_, fields) => journal.push(fields),
  });
  if (!saved) return;
  clock.layout(new FieldReader(saved[0]));
  node.layout(new FieldReader(saved[1]));
}

function save(): [Uint8Array, Uint8Array] {
  const writers = [new FieldWriter(), new FieldWriter()] as const;
  clock.layout(writers[0]);
  node.layout(writers[1]);
  return [writers[0].result(), writers[1].result()];
}

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");

async function step(what: string): Promise<void> {
  const rest = what.slice(1);
  const number = Number(rest);
  switch (what[0]) {
    case "+":
      rtc += number;
      return new Promise((resolve) => void Timer.set(() => resolve(), number));
    case "<":
      return void node.receive(bytesOf(rest));
    case "?":
      if (rest) node.deviceTime(number);
      return void node.uplinkEnded();
    case "*": {
      const payload = node.compose(51);
      node.stamp(payload, number);
      return void begin(save());
    }
    case "~":
      return void begin();
    case "!":
      return void begin(save());
    case "=": {
      const saved = save();
      rtc += number;
      return void begin(saved);
    }
    default:
  }
  const [head, downlink] = rest.split("<");
  const [airtime, room = "51"] = head!.split("/");
  const payload = node.isDue ? node.compose(Number(room)) : new Uint8Array(0);
  if (payload.length > 0) {
    node.stamp(payload, Number(airtime));
    if (downlink) node.receive(bytesOf(downlink));
    node.sent();
  }
  const { wakeAt, isTimeDue = "no" } = node;
  trace(
    `${JSON.stringify({
      sent: hexOf(payload),
      uptime: Math.round(clock.uptime),
      zero: clock.isEstimated ? Math.round(clock.at(0) * 1000) : 0,
      error: clock.isEstimated ? Math.round(clock.error) : -1,
      isKnown: clock.isKnown,
      isTimeDue,
      wakeIn: wakeAt === Infinity ? -1 : Math.round((wakeAt - clock.uptime) / 1000),
      woken: woken === Infinity ? -1 : Math.round(woken / 1000),
      journal,
    })}\n`,
  );
  journal.length = 0;
}

begin();
for (const what of Host.args) await step(what);
