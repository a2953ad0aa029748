/** Which slot a package gets, and what becomes of one whose check does not end. */
import test from "ava";
import { encodeUtf8 } from "../../device/codec/utf8.js";
import { encodeSettings } from "../../device/codec/settings.js";
import { NorFlash } from "../flash/norflash.js";
import { flashOf } from "../flash/powercuts.js";
import { config, flashWith, install, makePackage, open, type Rig } from "./rig.js";

const network = (sequence: number, text: string) =>
  makePackage(config, sequence, {
    model: encodeUtf8(text),
    normalizer: Uint8Array.of(1),
    vectors: Uint8Array.of(0),
  });
const modelOf = ({ updates }: Rig): string | undefined => updates.model && Buffer.from(updates.model.model).toString();
const settings = (sequence: number) => makePackage(config, sequence, { settings: encodeSettings({ threshold: 1 }) });

test("script, network and their predecessors have a slot each; the next package gets that of a predecessor, which is gone then", (t) => {
  const flash = flashWith(
    makePackage(config, 1, "old"),
    makePackage(config, 2, "new"),
    network(3, "old network"),
    network(4, "new network"),
  );
  const image = flash.bytes.slice();
  t.deepEqual([open(flash).script, modelOf(open(flash))], ["new", "new network"]);
  open(flash).updates.takeBack("script failed", "", "script");
  open(flash).updates.takeBack("model refused", "", "model");
  t.deepEqual([open(flash).script, modelOf(open(flash))], ["old", "old network"]);

  const full = flashOf(image);
  install(full, settings(5));
  t.deepEqual([open(full).script, modelOf(open(full))], ["new", "new network"]);
  open(full).updates.takeBack("script failed", "", "script");
  open(full).updates.takeBack("model refused", "", "model");
  const after = open(full);
  t.is(after.said, "nothing");
  const { script, model } = after.updates.state();
  t.deepEqual([script.sequence, model.sequence].sort(), [0, 3], "one is the firmware's own again");
  t.deepEqual(open(full).updates.settings, { threshold: 1 });
});

test("settings need no slot: beside them, a network and a script the script's predecessor stays", (t) => {
  const flash = flashWith(
    network(1, "network"),
    makePackage(config, 2, "old"),
    makePackage(config, 3, "new"),
    settings(4),
  );
  t.false(open(flash).send(makePackage(config, 1, "older")));
  open(flash).updates.takeBack("script failed", "");
  t.deepEqual([open(flash).script, modelOf(open(flash))], ["old", "network"]);
});

test("packages of several blocks follow one another through all slots", (t) => {
  // Two blocks a slot.
  const flash = new NorFlash(12);
  for (let sequence = 1; sequence <= 6; sequence++) {
    const text = `${sequence} `.repeat(2500);
    t.is(install(flash, makePackage(config, sequence, text)).script, text);
  }
});

test("a network whose check ends the program is checked three times, then refused", (t) => {
  const flash = flashWith(makePackage(config, 5, "old"));
  open(flash).send(network(6, "it hangs"));
  let image: Uint8Array = flash.bytes.slice();
  let checks = 0;
  for (let start = 1; start <= 5; start++) {
    const now = flashOf(image);
    let ended: Uint8Array | undefined;
    const rig = open(now, {
      checkModel() {
        checks++;
        // What is in flash when the program ends here.
        ended = now.bytes.slice();
      },
    });
    t.is(rig.said, start <= 3 ? "accepted: none" : start === 4 ? "refused: model refused" : "nothing", `${start}`);
    image = ended ?? now.bytes.slice();
  }
  t.is(checks, 3);
  t.deepEqual([open(flashOf(image)).script, modelOf(open(flashOf(image)))], ["old", undefined]);
});

test("a package that flash damages before it is switched to is refused", (t) => {
  const flash = flashWith(makePackage(config, 5, "old"));
  t.true(open(flash).send(makePackage(config, 6, "newest")));
  flash.bytes[Buffer.from(flash.bytes).indexOf("newest")]! &= 0x0f;
  const rig = open(flash);
  t.is(rig.said, "refused: bad signature");
  t.is(rig.script, "old");
});
