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
