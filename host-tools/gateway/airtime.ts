import path from "node:path";
import { execa } from "execa";
import { projectRoot } from "../lib/paths.js";
import { compileAll, link } from "../xs/builder/compile.js";

/** Microseconds on the air of `bytes` bytes, 8 symbols of preamble, explicit header, coding rate 4/5. */
export type Airtime = (sf: number, bandwidth: number, bytes: number, crc: boolean) => number;

const bandwidths = [125000, 250000, 500000];

/** The table that native/lora's own function gives, compiled at its first use: there is no second formula. @throws MissingTool without a C compiler */
export async function loadAirtime(): Promise<Airtime> {
  const native = path.join(projectRoot, "native/lora");
  const flags = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off", `-I${native}`];
  const sources = [path.join(native, "airtime.c"), path.join(projectRoot, "host-tools/gateway/airtimeTable.c")];
  const program = await link(await compileAll(sources.map((source) => ({ source, flags }))), []);
  const { stdout } = await execa(program, [], { encoding: "buffer" });
  const table = Buffer.from(stdout);
  return (sf, bandwidth, bytes, crc) => table.readUInt32LE(4 * ((((sf - 7) * 3 + bandwidths.indexOf(bandwidth)) * 2 + (crc ? 1 : 0)) * 256 + bytes));
}
