import { sql, type RawBuilder, type Transaction } from "kysely";
import type { AlarmKind } from "./alarmTables.js";
import { listenedSince, type Gap } from "./listening.js";
import type { Tables } from "./tables.js";

interface OfRule {
  /** Unique among the rules. */
  name: string;
  /** DevEUIs; undefined: all nodes. */
  nodes?: readonly string[] | undefined;
  /** An alarm does not come again for so long after it was opened. */
  repeatSeconds: number;
}

export type AlarmRule = OfRule &
  (
    | { kind: "silent"; seconds: number }
    /** Of any kind if there are none; open until `seconds` have passed without one. */
    | { kind: "fault"; faults: readonly string[]; seconds: number }
    /** Opens below a voltage or charge, closes at another one or above. */
    | { kind: "battery"; by: "volts" | "percent"; below: number; clear: number }
    /** So many windows in a row are of one of the classes, each with a confidence or more. */
    | { kind: "class"; labels: readonly number[]; confidence: number; windows: number }
  );

/** A node that a rule is about to raise an alarm for, with what it has found. */
export interface Found {
  devEui: string;
  lastSeen: number | null;
  volts: number | null;
  percent: number | null;
  label: number | null;
  confidence: number | null;
  fault: string | null;
  sensor: number | null;
  cause: string | null;
  count: number | null;
}

/** When a rule is looked at. */
export interface Look {
  now: number;
  gaps: readonly Gap[];
}

type Condition = RawBuilder<boolean>;

const volts = sql<number | null>`cast(nodes.millivolts as double precision) / 1000`;
/** As in DevStatusAns; null: external power, or unknown. */
const percent = sql<
  number | null
>`case when nodes.battery between 1 and 254 then cast(nodes.battery - 1 as double precision) * 100 / 253 end`;

const among = (column: string, values: readonly (string | number)[]): Condition =>
  values.length === 0 ? sql`1 = 0` : sql`${sql.raw(column)} in (${sql.join(values)})`;

const selected = ({ nodes }: OfRule): Condition => (nodes ? among("nodes.dev_eui", nodes) : sql`1 = 1`);

/** Faults of a rule that were stored by a time. */
const recent = ({ faults, seconds }: Extract<AlarmRule, { kind: "fault" }>, now: number): Condition =>
  sql`stored_at > ${now - seconds} and ${faults.length === 0 ? sql`1 = 1` : among("kind", faults)}`;

/** The last verdict is the node's own, or the cloud has decided on it. */
const settled: Condition = sql`not exists (
  select 1 from deferrals where deferrals.dev_eui = nodes.dev_eui and deferrals.at = nodes.verdict_at
    and not exists (select 1 from decisions where decisions.uplink_id = deferrals.uplink_id))`;

/** How many windows in a row, up to the last one, are of a rule's classes; deferrals that nobody has decided on are left out. */
function inRow({ labels, confidence }: Extract<AlarmRule, { kind: "class" }>): RawBuilder<number> {
  const isOne = (table: string) =>
    sql`(${among(`${table}.label`, labels)} and ${sql.raw(table)}.confidence >= ${confidence})`;
  const own = sql`verdicts where verdicts.dev_eui = nodes.dev_eui`;
  const decided = sql`deferrals join decisions on decisions.uplink_id = deferrals.uplink_id where deferrals.dev_eui = nodes.dev_eui`;
  const last = (column: string, of: RawBuilder<unknown>, is: RawBuilder<unknown>) =>
    sql`coalesce((select ${sql.raw(column)} from ${of} and not ${is} order by ${sql.raw(column)} desc limit 1), -1)`;
  const lastOwn = last("verdicts.at", own, isOne("verdicts"));
  const lastDecided = last("deferrals.at", decided, isOne("decisions"));
  const after = (column: string) => sql`${sql.raw(column)} > ${lastOwn} and ${sql.raw(column)} > ${lastDecided}`;
  return sql`(select coalesce(sum(verdicts.count), 0) from ${own} and ${after("verdicts.at")})
    + (select count(*) from ${decided} and ${after("deferrals.at")})`;
}

function opens(rule: AlarmRule, { now, gaps }: Look): Condition {
  switch (rule.kind) {
    case "silent":
      return sql`nodes.last_seen <= ${listenedSince(now, rule.seconds, gaps)}`;
    case "fault":
      return sql`fault.number = 1`;
    case "battery":
      return sql`${rule.by === "volts" ? volts : percent} < ${rule.below}`;
    case "class": {
      const is = sql<boolean>`${among("nodes.label", rule.labels)} and nodes.confidence >= ${rule.confidence} and ${settled}`;
      return rule.windows === 1 ? is : sql`${is} and ${inRow(rule)} >= ${rule.windows}`;
    }
  }
}

function closes(rule: AlarmRule, { now }: Look): Condition {
  switch (rule.kind) {
    case "silent":
      return sql`nodes.last_seen > alarms.value`;
    case "fault":
      return sql`not exists (select 1 from faults where faults.dev_eui = nodes.dev_eui and ${recent(rule, now)})`;
    case "battery":
      return rule.by === "volts"
        ? sql`${volts} >= ${rule.clear}`
        : sql`(nodes.battery = 0 or ${percent} >= ${rule.clear})`;
    case "class":
      return sql`not ${among("nodes.label", rule.labels)} and ${settled}`;
  }
}

/** Nodes whose alarm is to open, at most `limit`. */
export async function findOpening(
  trx: Transaction<Tables>,
  rule: AlarmRule,
  look: Look,
  limit: number,
): Promise<Found[]> {
  const { now } = look;
  // Of the recent faults of each node the last one.
  const faults =
    rule.kind === "fault"
      ? sql`join (
          select dev_eui, kind, sensor, cause, count,
            row_number() over (partition by dev_eui order by stored_at desc, uplink_id desc, place) as number
          from faults where ${recent(rule, now)}) as fault on fault.dev_eui = nodes.dev_eui`
      : sql`cross join (select null as kind, null as sensor, null as cause, null as count) as fault`;
  const { rows } = await sql<Found>`
    select nodes.dev_eui, nodes.last_seen, ${volts} as volts, ${percent} as percent, nodes.label, nodes.confidence,
      fault.kind as fault, fault.sensor, fault.cause, fault.count
    from nodes ${faults}
    where ${selected(rule)} and ${opens(rule, look)}
      and not exists (select 1 from alarms where alarms.dev_eui = nodes.dev_eui and alarms.rule = ${rule.name}
        and (alarms.closed_at is null or (alarms.opened_at > ${now - rule.repeatSeconds} and alarms.opened_at <= ${now})))
    order by nodes.dev_eui limit ${limit}`.execute(trx);
  return rows;
}

/** IDs of open alarms of a rule that are to close, at most `limit`; also where the rule is no longer about the node, or another one has its name. */
export async function findClosing(
  trx: Transaction<Tables>,
  rule: AlarmRule,
  look: Look,
  limit: number,
): Promise<number[]> {
  const kind: AlarmKind = rule.kind;
  const { rows } = await sql<{ id: number }>`
    select alarms.id from alarms join nodes on nodes.dev_eui = alarms.dev_eui
    where alarms.rule = ${rule.name} and alarms.closed_at is null
      and (alarms.kind <> ${kind} or not ${selected(rule)} or (${closes(rule, look)}))
    order by alarms.id limit ${limit}`.execute(trx);
  return rows.map(({ id }) => id);
}
