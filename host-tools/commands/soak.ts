import { Command, Option, InvalidArgumentError } from "commander";
import { regions } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { UserError } from "../lib/errors.js";
import { silentProgress, startProgress } from "../lib/progress.js";
import { formatTable } from "../lib/table.js";
import { faultsOf } from "../soak/verdict.js";
import { soak, type Days, type SoakFigures } from "../soak/soak.js";

interface Options {
  region: RegionName;
  nodes: number;
  gateways: number;
  days: number;
  loss: number;
  every: number;
  outage: Days | undefined;
  dead: Days | undefined;
  plain?: true;
  dataRate?: number;
  least: number;
  restart: number;
  seed: number;
  chip: string;
  json?: true;
}

function number(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= low && value <= high))
      throw new InvalidArgumentError(`a number from ${low} to ${high} expected`);
    return value;
  };
}

function days(text: string): Days | undefined {
  if (text === "none") return undefined;
  const match = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text);
  if (!match || Number(match[1]) >= Number(match[2]))
    throw new InvalidArgumentError('FROM-TO in days, e.g. 10-12, or "none" expected');
  return { from: Number(match[1]), to: Number(match[2]) };
}

const rows: [what: string, key: keyof SoakFigures, digits?: number][] = [
  ["restarts", "restarts"],
  ["power cuts during flash writes", "powerCuts"],
  ["transmissions", "transmissions"],
  ["join requests", "joinRequests"],
  ["  in the busiest minute", "busiestJoinMinute"],
  ["  at once", "joinsAtOnce"],
  ["  busiest hour of a node, share of 1 %", "busiestJoinHour", 3],
  ["uplinks, without join requests", "uplinkFrames"],
  ["  confirmed", "confirmedFrames"],
  ["confirmed payloads queued", "confirmedMade"],
  ["  lost", "confirmedLost"],
  ["  delivered twice", "doubled"],
  ["  duplicates filtered by the cloud", "repeatsFiltered"],
  ["unconfirmed payloads queued", "unconfirmedMade"],
  ["  delivered", "unconfirmedDelivered"],
  ["payloads dropped by full outboxes", "dropped"],
  ["DevNonces reused", "devNoncesReused"],
  ["frame counters reused", "countersReused"],
  ["busiest hour, share of the duty cycle", "busiestHour", 3],
  ["downlinks", "downlinks"],
  ["receptions without a free demodulator", "noDemodulator"],
  ["real seconds", "seconds", 1],
];

export default new Command("soak")
  .description(
    "Run a soak test: a month of simulated nodes with lost frames, resets, power cuts and a gateway outage. Fails when a confirmed report is lost or a rule is violated.",
  )
  .addOption(new Option("--region <name>", "frequency plan").choices(Object.keys(regions)).default("EU868"))
  .option("--nodes <n>", "nodes", number(1, 1000), 20)
  .option("--gateways <n>", "gateways", number(1, 20), 3)
  .option("--days <n>", "simulated days", number(0.1, 365), 30)
  .option("--loss <share>", "share of receptions lost at random", number(0, 0.9), 0.1)
  .option("--every <seconds>", "seconds between two windows of a node", number(60, 86400), 900)
  .addOption(
    new Option("--outage <from-to>", 'days in which all gateways are off, or "none"')
      .argParser(days)
      .default({ from: 10, to: 12 }, "10-12"),
  )
  .addOption(
    new Option("--dead <from-to>", 'days in which all downlinks are lost while uplinks arrive, or "none"')
      .argParser(days)
      .default(undefined, "none"),
  )
  .option("--plain", "a network without a cloud: it acknowledges frames, names no payloads and decides no deferrals")
  .option("--data-rate <n>", "data rate of all nodes, without ADR; 0 is SF12", number(0, 5))
  .option("--least <share>", "share of the confirmed payloads that must arrive", number(0, 1), 1)
  .option("--restart <days>", "mean days between two resets or power cuts of a node; 0: none", number(0, 365), 4)
  .option("--seed <n>", "seed", number(0, 2 ** 31), 1)
  .option("--chip <name>", "sx1262 or sx1276", "sx1262")
  .option("--json", "print the figures as JSON")
  .action(async ({ every, restart, chip, json, dead, plain, dataRate, least, ...options }: Options) => {
    if (chip !== "sx1262" && chip !== "sx1276") throw new UserError(`--chip ${chip}: sx1262 or sx1276 expected`);
    for (const [name, interval] of Object.entries({ outage: options.outage, dead }))
      if (interval && interval.to > options.days)
        throw new UserError(`--${name} ${interval.from}-${interval.to}: the soak has ${options.days} days`);
    const progress = json ? silentProgress : startProgress("soak (simulated days)", options.days);
    const figures = await soak({
      ...options,
      chip,
      everySeconds: every,
      restartDays: restart,
      deadDownlinks: dead,
      namesPayloads: !plain,
      dataRate,
      progress,
    });
    if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
    else
      process.stdout.write(
        `${formatTable(
          [`${figures.nodes} nodes, ${figures.days} days`, ""],
          rows.map(([what, key, digits = 0]) => [what, Number(figures[key].toFixed(digits))]),
        )}\n`,
      );
    const faults = faultsOf(figures, least);
    if (faults.length > 0) throw new UserError(`soak failed:\n  ${faults.join("\n  ")}`);
  });
