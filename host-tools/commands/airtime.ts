import { Argument, Command, InvalidArgumentError } from "commander";
import { linkDefaults } from "../../device/lorawan/defaults.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { budgets } from "../air/budget.js";
import { currents } from "../air/currents.js";
import { UserError } from "../lib/errors.js";
import { formatTable } from "../lib/table.js";

interface Options {
  region: RegionName;
  dataRate?: number;
  chip: string;
  power?: number;
  json?: boolean;
}

function whole(low: number, high: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!(text.trim() !== "" && Number.isInteger(number) && number >= low && number <= high))
      throw new InvalidArgumentError(`a whole number from ${low} to ${high} expected`);
    return number;
  };
}

function oneOf<T extends string>(names: readonly T[]): (text: string) => T {
  return (text) => {
    const found = names.find((name) => name.toLowerCase() === text.toLowerCase());
    if (!found) throw new InvalidArgumentError(`one of ${names.join(", ")} expected`);
    return found;
  };
}

export default new Command("airtime")
  .description("Compute airtime, uplinks per hour within the duty cycle, and charge of an uplink, at each data rate.")
  .addArgument(new Argument("<bytes>", "bytes of application payload").argParser(whole(0, 242)))
  .option("--region <name>", "LoRaWAN region", oneOf(Object.keys(regions) as RegionName[]), "EU868")
  .option("--data-rate <n>", "only this data rate", whole(0, 15))
  .option("--chip <name>", "radio chip, for the charge", oneOf(Object.keys(currents)), "sx1262")
  .option(
    "--power <dbm>",
    "transmit power; default: 14, or what the region allows into a dipole if that is lower",
    whole(-17, 22),
  )
  .option("--json", "print the figures as JSON")
  .action((bytes: number, options: Options) => {
    const { region, dataRate, chip } = options;
    const chipCurrents = currents[chip]!;
    const power = options.power ?? Math.min(14, Math.floor(regions[region].maxEirp - linkDefaults.antennaGain));
    const all = budgets(region, bytes, { power, currents: chipCurrents });
    const rows = dataRate === undefined ? all : all.filter((row) => row.dataRate === dataRate);
    if (rows.length === 0)
      throw new UserError(
        `--data-rate ${dataRate}: uplinks in ${region} have data rates ${all.map((row) => row.dataRate).join(", ")}`,
      );
    if (options.json) {
      process.stdout.write(
        `${JSON.stringify({ region, payload: bytes, chip, power, currents: chipCurrents, rates: rows })}\n`,
      );
      return;
    }
    const table = formatTable(
      ["data rate", "modulation", "PHY bytes", "airtime, ms", "uplinks per hour", "µAh per uplink"],
      rows.map((row) => [
        `DR${row.dataRate}`,
        `SF${row.sf}/${row.bandwidth} kHz`,
        row.bytes,
        (row.airtime / 1000).toFixed(3),
        row.refused === "payload too long"
          ? `none: ${row.maxPayload} bytes fit`
          : row.refused
            ? "none: longer than the dwell time"
            : row.sendsPerHour === undefined
              ? "no limit"
              : String(row.sendsPerHour),
        (row.milliampereHours * 1000).toFixed(2),
      ]),
    );
    process.stdout.write(
      `${region}, ${bytes} bytes of payload, CR 4/5, ${chip} at ${power} dBm\n${table}\nCurrents: ${chipCurrents.source}. Charge of an uplink and its two empty receive windows, without the processor.\n`,
    );
  });
