/** What nodes, packages and networks say, on a terminal. */
import test from "ava";
import { jsonLine, printable, printableLines } from "../../host-tools/lib/terminal.js";
import { formatTable } from "../../host-tools/lib/table.js";
import { describeHello } from "../../host-tools/script/serialDelivery.js";
import { describeRecord } from "../../host-tools/script/view.js";
import { describeEvent as describeServiceEvent } from "../../host-tools/service/view.js";
import { describeEvent } from "../../host-tools/simulate/view.js";
import { exampleNode } from "../device/helpers/day.js";

const range = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCharCode(from + i)).join("");

/** C0, DEL and C1 (ECMA-48), and Unicode's marks, embeddings, overrides, isolates and separators of lines. */
const controls =
  range(0, 0x1f) + range(0x7f, 0x9f) + "\u061c\u200e\u200f" + range(0x2028, 0x202e) + range(0x2066, 0x2069);
/** Clears the screen, sets the window's title, and the same begun by a single character of C1. */
const hostile = `dry\u001b[2J\u001b]0;owned\u0007\u009b2J${controls}`;

const found = (text: string): string[] => Array.from(controls).filter((character) => text.includes(character));

test("every control character is escaped, all else is as it was", (t) => {
  for (const character of controls) {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    t.is(printable(`a${character}b`), `a\\u${code}b`);
    t.deepEqual(found(jsonLine({ text: character })), []);
  }
  const good = "trocken, 24 °C — 乾燥 ✓ 🌱";
  t.is(printable(good), good);
  t.is(printableLines(`one\ntwo\u001b[A`), "one\ntwo\\u001b[A");
  t.deepEqual(JSON.parse(jsonLine({ [hostile]: [hostile] })), { [hostile]: [hostile] });
});

const config = exampleNode();
const inForce = { sequence: 7, version: 1 };

/** Lines that commands print, with something that another program has said. */
const views: Record<string, () => string> = {
  "loam script status: names of classes, and a package's": () =>
    describeRecord(
      {
        devEui: "00",
        settings: { sequence: 1, time: 0, report: 1, classes: { 0: hostile } },
        settingsAt: 0,
        sentSettings: [{ sequence: 7, settings: { classes: { 0: `${hostile}!` } } }],
        delivery: {
          ...{ devEui: "00", package: "", name: hostile, sequence: 7, phase: "failed", reason: hostile },
          ...{ counter: 1, size: 0, next: 1, sent: 0, wrong: 0, unfit: 0, startedAt: 0 },
        },
      },
      config,
    ).join(""),
  "loam script status --to: a firmware's version": () =>
    describeHello({
      ...{ version: 1, devEui: new Uint8Array(8), profile: new Uint8Array(8), apiLevel: 1, languageLevel: 1 },
      ...{
        payloads: 2,
        isOnProbation: false,
        isStaged: false,
        isSafeMode: false,
        isSampling: false,
        hasSettings: true,
        canRecord: true,
        newest: 7,
      },
      ...{ script: inForce, model: inForce, settings: inForce, event: "state", reason: "none", subject: 0 },
      ...{ payload: 0, bytes: 0, check: 0, received: 0, firmware: hostile },
    }).join(""),
  "loam simulate: an app script's log": () => describeEvent({ event: "log", time: 0, text: hostile })!,
  "loam simulate: a message": () =>
    describeEvent({
      ...{ event: "uplink", time: 0, bytes: 9, dataRate: 0, counter: 1, rssi: -1, snr: 1, duplicate: false },
      payload: { kind: "app", sequence: 1, time: 0, text: hostile },
    })!,
  "loam simulate: an app script's error": () =>
    describeEvent({ event: "script failed", time: 0, failure: "exception", error: hostile, strikes: 1 })!,
  "loam cloud: a network's event": () => describeServiceEvent({ event: "x", text: hostile }, []),
  "loam cloud: an error": () =>
    describeServiceEvent({ kind: "failed", devEui: "00", what: "decision", error: hostile }, []),
  "a table": () => formatTable([hostile.slice(0, 3)], [[hostile]]).replaceAll("\n", ""),
};

for (const [what, view] of Object.entries(views))
  test(`no control character of others reaches a terminal: ${what}`, (t) => {
    t.deepEqual(found(view()), []);
    t.true(view().includes("dry\\u001b[2J"));
  });
