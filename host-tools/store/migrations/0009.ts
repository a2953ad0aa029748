import { sql, type Kysely, type Migration } from "kysely";
import type { Dialect } from "../dialects.js";

/** Alarms, what is told of them to whom, and when each fault was stored. */
export const alarms = (dialect: Dialect): Migration => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const { schema } = db;
    await schema
      .alterTable("faults")
      .addColumn("stored_at", "double precision", (column) => column.notNull().defaultTo(0))
      .execute();
    await sql`update faults set stored_at = coalesce((select last_received from uplinks where id = uplink_id), 0)`.execute(
      db,
    );
    await schema.createIndex("faults_stored").on("faults").columns(["stored_at"]).execute();

    const table = schema.createTable("alarms");
    await (
      dialect === "postgres"
        ? table.addColumn("id", "bigserial", (column) => column.primaryKey())
        : table.addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    )
      .addColumn("dev_eui", "text", (column) => column.notNull().references("nodes.dev_eui").onDelete("cascade"))
      .addColumn("rule", "text", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("what", "text", (column) => column.notNull())
      .addColumn("value", "double precision", (column) => column.notNull())
      .addColumn("opened_at", "double precision", (column) => column.notNull())
      .addColumn("closed_at", "double precision")
      .execute();
    await schema
      .createIndex("alarms_open")
      .unique()
      .on("alarms")
      .columns(["dev_eui", "rule"])
      .where(sql.ref("closed_at"), "is", null)
      .execute();
    await schema.createIndex("alarms_node").on("alarms").columns(["dev_eui", "rule", "opened_at"]).execute();
    await schema.createIndex("alarms_closed").on("alarms").columns(["closed_at"]).execute();

    await schema
      .createTable("alarm_deliveries")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("alarm_id", "bigint", (column) => column.notNull().references("alarms.id").onDelete("cascade"))
      .addColumn("event", "text", (column) => column.notNull())
      .addColumn("channel", "text", (column) => column.notNull())
      .addColumn("due_at", "double precision", (column) => column.notNull())
      .addColumn("tries", "integer", (column) => column.notNull().defaultTo(0))
      .addColumn("done_at", "double precision")
      .addColumn("failed_at", "double precision")
      .addColumn("error", "text")
      .addUniqueConstraint("alarm_deliveries_once", ["alarm_id", "event", "channel"])
      .execute();
    await schema
      .createIndex("alarm_deliveries_due")
      .on("alarm_deliveries")
      .columns(["due_at"])
      .where(sql<boolean>`done_at is null and failed_at is null`)
      .execute();

    await schema
      .createTable("alarm_watch")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("evaluated_at", "double precision", (column) => column.notNull())
      .addColumn("previous_at", "double precision", (column) => column.notNull())
      .addColumn("gaps", "text", (column) => column.notNull())
      .execute();
    await sql`insert into alarm_watch (id, evaluated_at, previous_at, gaps) values (1, 0, 0, '[]')`.execute(db);
  },
});
