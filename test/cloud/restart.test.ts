// Slow: kills and restarts everything, many times
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { bundle } from "../../host-tools/bin/bundle.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";

const folder = path.join(buildRoot, "test", `cloud-${process.pid}`);
const windows = 4;

test.after.always(() => rmSync(folder, { recursive: true, force: true }));

test("node, network server and cloud killed together, again and again: each window counts as new once, whatever its sequence number", async (t) => {
  t.timeout(600_000);
  const config = exampleNode();
  const day = quietDay(config, windows, (window) => 29 - window);
  const { model, recording } = writeSoilDay(folder, config, day);
  // It is started dozens of times.
  await bundle(loamRoot, ["test/device/helpers/killed.ts"], path.join(folder, "program"));
  const program = path.join(folder, "program/killed.js");
  let kills = 0;
  {
    const step = 5;
    const state = path.join(folder, `state${step}`);
    for (let done = false; !done && kills < 200; kills++) {
      const last = 2 + ((kills * step) % 17);
      const { signal } = await execa(process.execPath, [program, recording, model, state, String(last)], {
        cwd: loamRoot,
        reject: false,
        stderr: "inherit",
      });
      done = signal !== "SIGKILL";
    }
    const events = readFileSync(path.join(state, "events.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as SimulationEvent);
    const uplinks = events.flatMap((event) =>
      event.event === "uplink" && event.payload.kind !== "fault" ? [event] : [],
    );
    const isNew = uplinks.filter(({ duplicate }) => !duplicate).map(({ payload: { kind, time } }) => `${kind} ${time}`);
    t.deepEqual(
      isNew.filter((one, i) => isNew.indexOf(one) !== i),
      [],
      `step ${step}: taken for new twice`,
    );
  }
  t.true(kills > 4, `${kills} kills`);
});
