// Slow: the whole node on an emulated chip, window by window
import { generateKeyPairSync } from "node:crypto";
import path from "node:path";
import { encodePackageParts } from "../../device/codec/packagepart.js";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { readNode } from "../../host-tools/node/nodeFile.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { board, needs } from "../helpers/needs.js";
import { recordedDay } from "./helpers/day.js";
import { timeless } from "./helpers/timeless.js";
import { runWindows } from "./helpers/windows.js";

/** After the first windows, and enough of them that a package has come and proved itself. */
const windows = 10;
/** Bytes of a downlink at the slowest data rates. */
const room = 51;

needs(board)("packages: the emulated chip checks, takes and refuses them as the host program does", async (t) => {
  t.timeout(900_000);
  const key = generateKeyPairSync("ed25519").privateKey;
  const updates = { publicKey: publicKeyOf(key) };
  const config = { ...(await readNode(path.join(loamRoot, "node.config.json"))), updates };
  const recording = await recordedDay(t, config);
  const packed = (sequence: number) =>
    pack({ config, key, sequence, version: 1, name: "chip", settings: { threshold: 1, offsets: { 0: 0.5 } } });
  const damaged = Uint8Array.from(await packed(6));
  damaged[50]! ^= 1;
  const downlinks = [
    [600, await packed(5)],
    [4000, damaged],
  ].flatMap(([at, bytes]) =>
    encodePackageParts(bytes as Uint8Array, room).map((payload) => ({ at: at as number, port: 22, payload })),
  );
  const program = await buildHost();
  const chip = await buildChip();
  const options = { recording, config, downlinks };
  const host = await runWindows(options, windows, (given) => runHost(program, given));
  const emulated = await runWindows(options, windows, (given) => runChip(chip, given));
  const said = host.journal.flatMap((line) => {
    const { event, what, reason } = JSON.parse(line) as Record<string, string>;
    return event === "update" ? [`${what}: ${reason}`] : [];
  });
  t.deepEqual(said, ["accepted: none", "confirmed: none", "refused: bad signature"]);
  t.deepEqual(emulated.journal, host.journal);
  t.deepEqual(timeless(emulated.uplinks), timeless(host.uplinks));
});
