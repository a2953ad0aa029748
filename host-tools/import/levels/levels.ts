/** Levels of recorded sound, by the driver of the board's microphone under XS. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../lib/errors.js";
import { cacheRoot, loamRoot } from "../../lib/paths.js";
import type { Sensor } from "../../node/schema/node.js";
import { buildHost, runHost } from "../../xs/index.js";
import { clockOf } from "../clock.js";
import { resample } from "../resample.js";
import { tableOf, type Table } from "../table.js";

/** Full scale of 16 bits. */
const whole = 32768;

/** The first channel at the microphone's rate, 16 bits each. */
function soundOf(table: Table, sampleRate: number): Int16Array {
  const values: number[] = [];
  table.rows((cells) => void values.push(Number(cells[0] ?? 0)));
  const rate = table.rate!;
  const even = (at: Float64Array): Float64Array =>
    resample(
      clockOf(Float64Array.from(at, (_, i) => i / rate)),
      at,
      0,
      sampleRate,
      Math.floor((at.length * sampleRate) / rate),
    );
  const sound = Float64Array.from(values);
  return Int16Array.from(rate === sampleRate || sound.length < 2 ? sound : even(sound), (value) =>
    Math.max(-whole, Math.min(whole - 1, Math.round(whole * value))),
  );
}

/**
 * A table with a column for each of the sensors, at their rate: the levels that the board would report of this sound.
 * @param sensors of one microphone
 * @param sound of the first channel; full scale is the microphone's
 */
export async function levelsOf(table: Table, sensors: readonly Sensor[]): Promise<Table> {
  const [{ hardware, rate }] = sensors as [Sensor];
  if (hardware?.chip !== "microphone") throw new Error("levels of a microphone only");
  const program = await buildHost({ manifest: path.join(loamRoot, "host-tools/import/levels/manifest.json") });
  await mkdir(cacheRoot, { recursive: true });
  const folder = await mkdtemp(path.join(cacheRoot, "levels-"));
  const resources = { "sound.bin": path.join(folder, "sound.bin"), "sensors.json": path.join(folder, "sensors.json") };
  try {
    await writeFile(resources["sound.bin"], soundOf(table, hardware.sampleRate));
    await writeFile(resources["sensors.json"], JSON.stringify(sensors));
    const run = await runHost(program, { resources });
    if (run.exitCode !== 0)
      throw new UserError(`${table.file}: the microphone's driver failed (exit ${run.exitCode}):\n${run.stderr}`);
    const levels = run.lines.map((line) => line.split(",").map(Number));
    const columns = sensors.map(({ name, unit }) => ({ name, unit }));
    return tableOf(
      { file: table.file, kind: `${table.kind}, as levels`, columns, rate },
      levels.length,
      (row, column) => levels[row]![column]!,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
