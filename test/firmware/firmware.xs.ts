/**
 * A node that does nothing but take firmware. Arguments: what it does ("send", "step", "prove", "look", commas between them), and its public key. Each program of the run says
 * what it finds, and what it hears.
 */
import Firmware from "firmware";
import Flash from "flash";
import Host from "host";
import Resource from "Resource";
import Sleep from "sleep";
import Timer from "timer";
import { FirmwareUpdates } from "update/firmwareupdates";
import { UpdateRecords } from "update/records";
import { Slots } from "update/slots";
import { parseHex } from "codec/hex";

const [what = "", key = "", board = "esp32-devkitc"] = Host.args;
const print = (...values: unknown[]) => trace(`${JSON.stringify(values)}\n`);
const flash = new Flash("scripts");
const records = new UpdateRecords(new Slots(flash as never, () => flash.map()).records);
/** Of a run: its clock goes on through resets. */
const uptime = (): number => Sleep.rtc;

print("begin", Sleep.cause, Firmware.running, Firmware.stateOf(Firmware.running), Firmware.version ?? "own");
const updates = new FirmwareUpdates({
  description: { chip: "esp32", board } as never,
  publicKey: parseHex(key, 32, "key"),
  records,
  onNews: ({ event, reason, subject }) => print("news", event, reason, subject),
  restart: (end) => end(),
});
print("intended", updates.wasIntended, records.firmware.newest);
updates.run(uptime);

function send(): void {
  const file = new Uint8Array(new Resource("firmware.lf").slice(0));
  let refused = updates.begin(file.length);
  for (let at = 0; at < file.length && !refused; at += 104) refused = updates.write(file.subarray(at, at + 104));
  if (what.includes("step")) {
    let steps = 1;
    while (updates.check()) steps++;
    print("steps", steps);
  }
  refused ??= updates.finish();
  if (refused) print("refused", refused.code);
}

const isNew = Firmware.running === 1;
if (what.includes("prove") && updates.isOnProbation) {
  updates.acknowledged();
  print("acknowledged", Firmware.stateOf(1));
  updates.windowHandled();
  print("handled", Firmware.stateOf(1));
}
if (what.includes("send") && records.firmware.newest === 0 && !isNew) send();
// Sleeps deeply, as a node does between windows.
if (what.includes("sleep") && Sleep.cause !== "timer") Sleep.deep(60_000);
// Runs on, for as long as it is let.
if (what.includes("wait")) Timer.set(() => print("end"), 2 * 86_400_000);
