import { sql } from "kysely";
import type { AlarmRow } from "./alarmTables.js";
import type { Store } from "./store.js";

/** An alarm as it is shown. */
export interface AlarmSummary extends Omit<AlarmRow, "id"> {
  id: number;
  nodeName: string | null;
  /** What is told of it and was not taken yet: by how many, and of how many nobody tries any more. */
  waiting: number;
  failed: number;
  /** What went wrong, with one of those that were or are told. */
  error: string | null;
}

export interface AlarmQuery {
  limit: number;
  /** ID: only earlier ones. */
  before?: number | undefined;
  devEui?: string | undefined;
  /** Only open ones, or only closed ones. */
  open?: boolean | undefined;
}

/** The newest first. */
export async function listAlarms({ db }: Store, { limit, before, devEui, open }: AlarmQuery): Promise<AlarmSummary[]> {
  const told = (condition: ReturnType<typeof sql<boolean>>) =>
    sql<number>`(select count(*) from alarm_deliveries where alarm_id = alarms.id and done_at is null and ${condition})`;
  return await db
    .selectFrom("alarms")
    .innerJoin("nodes", "nodes.devEui", "alarms.devEui")
    .selectAll("alarms")
    .select([
      "nodes.name as nodeName",
      told(sql`failed_at is null`).as("waiting"),
      told(sql`failed_at is not null`).as("failed"),
      sql<string | null>`(select max(error) from alarm_deliveries where alarm_id = alarms.id)`.as("error"),
    ])
    .$if(before !== undefined, (query) => query.where("alarms.id", "<", before!))
    .$if(devEui !== undefined, (query) => query.where("alarms.devEui", "=", devEui!))
    .$if(open !== undefined, (query) => query.where("alarms.closedAt", open ? "is" : "is not", null))
    .orderBy("alarms.id", "desc")
    .limit(limit)
    .execute();
}

/** When an alarm opened or closed last, and another text whenever one does. */
export async function lastAlarmChange({ db }: Store): Promise<{ at: number; text: string }> {
  const { id, openedAt, closedAt } = await db
    .selectFrom("alarms")
    .select(({ fn, selectFrom }) => [
      ...[fn.max("id").as("id"), fn.max("closedAt").as("closedAt")],
      selectFrom("alarms as last").select("openedAt").orderBy("id", "desc").limit(1).as("openedAt"),
    ])
    .executeTakeFirstOrThrow();
  return { at: Math.max(openedAt ?? 0, closedAt ?? 0), text: `${id} ${closedAt}` };
}

/** How many alarms are open, and how many messages about alarms wait or have failed. */
export async function alarmFigures({ db }: Store): Promise<{
  open: Map<string, number>;
  waiting: number;
  failed: number;
}> {
  const open = await db
    .selectFrom("alarms")
    .select(["rule", sql<number>`count(*)`.as("count")])
    .where("closedAt", "is", null)
    .groupBy("rule")
    .execute();
  const messages = await db
    .selectFrom("alarmDeliveries")
    .select([
      sql<number>`coalesce(sum(case when failed_at is null then 1 else 0 end), 0)`.as("waiting"),
      sql<number>`coalesce(sum(case when failed_at is null then 0 else 1 end), 0)`.as("failed"),
    ])
    .where("doneAt", "is", null)
    .executeTakeFirstOrThrow();
  return { open: new Map(open.map(({ rule, count }) => [rule, count])), ...messages };
}
