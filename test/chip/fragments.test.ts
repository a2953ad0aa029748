// Slow: the whole node on an emulated chip, window by window
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { quietDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";
import { withValues } from "../node/descriptions.js";
import { keys } from "../update/rig.js";
import { timeless } from "./helpers/timeless.js";
import { runWindows } from "./helpers/windows.js";
import { board, needs } from "../helpers/needs.js";

/** Until the good script is confirmed, and the bad one has three strikes. */
const windows = 9;
/** While the first package's fragments come: seconds after the start. */
const cutAt = 60;

const good = `export default (api: any) => ({ onVerdict(verdict: any) { api.log("good " + verdict.name); api.send(verdict); } });`;
const bad = `export default (api: any) => ({ onVerdict() { api.log("bad"); for (;;); } });`;

needs(board)(
  "app scripts in fragments, with a power cut: the emulated chip takes one, compiles it, and goes back from a bad one as the host program does",
  async (t) => {
    t.timeout(1_200_000);
    const folder = await mkdtemp(path.join(tmpdir(), "loam-chip-fragments-"));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const { config } = checkConfig(
      withValues({
        updates: { publicKey: publicKeyOf(keys.privateKey) },
        "radio.dataRate": 0,
        "radio.adr": false,
      }),
    );
    const day = writeSoilDay(
      folder,
      config,
      quietDay(config, windows + 1, () => 35),
    );
    const packed = async (sequence: number, text: string): Promise<Uint8Array> => {
      const script = path.join(folder, `script${sequence}`);
      await mkdir(script);
      await writeFile(path.join(script, "app.ts"), text);
      return pack({ config, key: keys.privateKey, sequence, version: sequence, name: "chip", script });
    };
    const options = {
      ...day,
      config,
      packages: [
        { at: 0, bytes: await packed(5, good) },
        { at: 3 * config.window.everySeconds, bytes: await packed(6, bad) },
      ],
    };
    const cut = { resetsAt: [{ at: cutAt, kind: "power" as const }] };
    const program = await buildHost();
    const chip = await buildChip();
    const host = await runWindows(options, windows, (given) => runHost(program, { ...given, ...cut }));
    const emulated = await runWindows(options, windows, (given) => runChip(chip, { ...given, ...cut }));

    const events = host.journal.map((line) => JSON.parse(line) as Record<string, unknown> & { event: string });
    const said = (event: string, ...fields: string[]): string[] =>
      events.filter((each) => each.event === event).map((each) => fields.map((field) => String(each[field])).join(" "));
    t.deepEqual(said("update", "subject", "what", "reason"), [
      "5 accepted none",
      "5 confirmed none",
      "6 accepted none",
      "6 taken back script failed",
    ]);
    const [session, complete] = events.filter(({ event }) => event === "fragments");
    t.true(
      Number(complete?.["received"]) < Number(session?.["count"]),
      "power fails while fragments come: fewer come after it",
    );
    t.deepEqual(said("script failed", "failure"), ["time", "time", "time"]);
    const texts = said("log", "text");
    t.deepEqual([texts.indexOf("bad") > 0, texts.at(-1)], [true, "good normal"]);
    const sent = said("radio", "kind");
    t.true(sent.length > 30);
    t.deepEqual([host.result.power!.powerCuts, emulated.result.power!.powerCuts], [1, 1]);
    t.deepEqual(emulated.journal, host.journal);
    t.deepEqual(timeless(emulated.uplinks), timeless(host.uplinks));
    const shapes = (frames: typeof host.frames): unknown[] =>
      frames.map(({ payload, ...frame }) => ({ ...frame, bytes: payload.length / 2 }));
    t.deepEqual(shapes(emulated.frames), shapes(host.frames));
  },
);
