// Slow: the whole node on an emulated chip, again and again
import path from "node:path";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { readNode } from "../../host-tools/node/nodeFile.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { recordedDay } from "./helpers/day.js";
import { runWindows } from "./helpers/windows.js";
import { board, needs } from "../helpers/needs.js";

const windows = 2;
/** Of the writes and erases of flash until the node has joined and sent; LOAM_DAY=1: each of them. */
const step = process.env["LOAM_DAY"] ? 1 : 7;

needs(board)("a power cut within a write of flash leaves the same node on the chip as on the host", async (t) => {
  t.timeout(3_600_000);
  const config = await readNode(path.join(loamRoot, "node.config.json"));
  const options = { recording: await recordedDay(t, config), config };
  const program = await buildHost();
  const chip = await buildChip();
  const undisturbed = await runWindows(options, windows, (given) => runHost(program, given));
  const accesses = undisturbed.result.flashAccesses!;
  t.true(accesses > 20, `${accesses} writes and erases`);
  let joins = 0;
  let last = 0;
  for (let n = 1; n <= accesses; n += step) {
    const cut = { powerCut: n + 0.5, powerReturns: true };
    const host = await runWindows(options, windows, (given) => runHost(program, { ...given, ...cut }));
    const emulated = await runWindows(options, windows, (given) => runChip(chip, { ...given, ...cut }));
    // A run is ended soon after its last window, and may not have come so far.
    if (host.result.power!.powerCuts === 0 || emulated.result.power!.powerCuts === 0) break;
    last = n;
    t.deepEqual(emulated.frames, host.frames, `power cut within write ${n}`);
    t.deepEqual(emulated.uplinks, host.uplinks, `power cut within write ${n}`);
    t.deepEqual(emulated.journal, host.journal, `power cut within write ${n}`);
    const sent = emulated.frames.flatMap(({ direction, payload }) => (direction === "up" ? payload : []));
    t.is(new Set(sent).size, sent.length, "a DevNonce or frame counter is used once");
    joins += sent.filter((payload) => payload.startsWith("00")).length;
  }
  t.true(joins > 0);
  t.true(last > 20, `the last power cut was within write ${last}`);
});
