import { sql, type Kysely, type Migration } from "kysely";
import type { Dialect } from "../dialects.js";

/** Nodes, what they sent, and what they were answered. */
export const first = (dialect: Dialect): Migration => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const bytes = dialect === "postgres" ? sql`bytea` : sql`blob`;
    const { schema } = db;
    await schema
      .createTable("nodes")
      .addColumn("dev_eui", "text", (column) => column.primaryKey())
      .addColumn("name", "text")
      .addColumn("latitude", "double precision")
      .addColumn("longitude", "double precision")
      .addColumn("first_seen", "double precision")
      .addColumn("last_seen", "double precision")
      .addColumn("label", "integer")
      .addColumn("confidence", "double precision")
      .addColumn("verdict_at", "double precision")
      .addColumn("battery", "integer")
      .addColumn("millivolts", "integer")
      .addColumn("safe_mode", "integer", (column) => column.notNull().defaultTo(0))
      .addColumn("firmware", "text")
      .addColumn("script", "integer")
      .addColumn("data_rate", "integer")
      .addColumn("rssi", "double precision")
      .addColumn("snr", "double precision")
      .addColumn("fault_at", "double precision")
      .execute();

    const uplinks = schema.createTable("uplinks");
    await (
      dialect === "postgres"
        ? uplinks.addColumn("id", "bigserial", (column) => column.primaryKey())
        : uplinks.addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    )
      .addColumn("dev_eui", "text", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("sequence", "integer", (column) => column.notNull())
      .addColumn("time", "double precision", (column) => column.notNull())
      .addColumn("era", "integer", (column) => column.notNull())
      .addColumn("digest", "text", (column) => column.notNull())
      .addColumn("received", "double precision", (column) => column.notNull())
      .addColumn("last_received", "double precision", (column) => column.notNull())
      .addColumn("copies", "integer", (column) => column.notNull().defaultTo(1))
      .addColumn("frame", "text", (column) => column.notNull())
      .addColumn("port", "integer", (column) => column.notNull())
      .addColumn("payload", bytes, (column) => column.notNull())
      .addColumn("counter", "bigint")
      .addColumn("data_rate", "integer")
      .addColumn("frequency", "bigint")
      .addColumn("airtime", "double precision")
      .addColumn("gateway", "text")
      .addColumn("gateways", "integer", (column) => column.notNull())
      .addColumn("rssi", "double precision")
      .addColumn("snr", "double precision")
      .execute();
    // Each payload once: by its number, and where it has a time also by its content, since a node that lost power may number it anew.
    await schema
      .createIndex("uplinks_once")
      .unique()
      .on("uplinks")
      .columns(["dev_eui", "kind", "sequence", "time", "era"])
      .execute();
    await schema
      .createIndex("uplinks_content")
      .unique()
      .on("uplinks")
      .columns(["dev_eui", "kind", "time", "digest"])
      .where(sql.ref("time"), ">", sql.lit(0))
      .execute();
    await schema.createIndex("uplinks_received").on("uplinks").columns(["last_received"]).execute();
    await schema.createIndex("uplinks_node").on("uplinks").columns(["dev_eui", "received"]).execute();

    /** A table about payloads, by node and time. */
    const about = (name: string) =>
      schema
        .createTable(name)
        .addColumn("uplink_id", "bigint", (column) => column.notNull().references("uplinks.id").onDelete("cascade"))
        .addColumn("dev_eui", "text", (column) => column.notNull())
        .addColumn("at", "double precision", (column) => column.notNull());
    const byTime = (name: string) => schema.createIndex(`${name}_node`).on(name).columns(["dev_eui", "at"]).execute();

    await about("verdicts")
      .addColumn("label", "integer", (column) => column.notNull())
      .addColumn("confidence", "double precision", (column) => column.notNull())
      .addColumn("actions", "integer", (column) => column.notNull())
      .addColumn("count", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("verdicts_key", ["uplink_id"])
      .execute();
    await about("deferrals")
      .addColumn("sequence", "integer", (column) => column.notNull())
      .addColumn("received", "double precision", (column) => column.notNull())
      .addColumn("label", "integer", (column) => column.notNull())
      .addColumn("confidence", "double precision", (column) => column.notNull())
      .addColumn("content", "text", (column) => column.notNull())
      .addColumn("frames", "integer")
      .addColumn("features", "integer")
      .addColumn("window", bytes)
      .addColumn("pool", "integer")
      .addColumn("bits", "integer")
      .addColumn("embedding", bytes)
      .addPrimaryKeyConstraint("deferrals_key", ["uplink_id"])
      .execute();
    await schema.createIndex("deferrals_received").on("deferrals").columns(["received"]).execute();
    await about("faults")
      .addColumn("place", "integer", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("sensor", "integer")
      .addColumn("cause", "text")
      .addColumn("count", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("faults_key", ["uplink_id", "place"])
      .execute();
    await about("health")
      .addColumn("safe_mode", "integer", (column) => column.notNull())
      .addColumn("battery", "integer", (column) => column.notNull())
      .addColumn("millivolts", "integer")
      .addColumn("restarts", "integer", (column) => column.notNull())
      .addColumn("heap_peak", "integer", (column) => column.notNull())
      .addColumn("stack_peak", "integer")
      .addColumn("duty", "double precision", (column) => column.notNull())
      .addColumn("airtime", "double precision")
      .addColumn("erases", "integer")
      .addColumn("firmware", "text")
      .addColumn("script", "integer")
      .addPrimaryKeyConstraint("health_key", ["uplink_id"])
      .execute();
    await about("messages")
      .addColumn("numbers", "text")
      .addColumn("text", "text")
      .addPrimaryKeyConstraint("messages_key", ["uplink_id"])
      .execute();
    await about("updates")
      .addColumn("event", "text", (column) => column.notNull())
      .addColumn("status", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("updates_key", ["uplink_id"])
      .execute();
    for (const name of ["verdicts", "deferrals", "faults", "health", "messages", "updates"]) await byTime(name);

    await schema
      .createTable("decisions")
      .addColumn("uplink_id", "bigint", (column) => column.primaryKey().references("uplinks.id").onDelete("cascade"))
      .addColumn("dev_eui", "text", (column) => column.notNull())
      .addColumn("sequence", "integer", (column) => column.notNull())
      .addColumn("label", "integer", (column) => column.notNull())
      .addColumn("confidence", "double precision", (column) => column.notNull())
      .addColumn("decided_at", "double precision", (column) => column.notNull())
      .execute();
    await schema
      .createTable("sends")
      .addColumn("uplink_id", "bigint", (column) =>
        column.notNull().references("decisions.uplink_id").onDelete("cascade"),
      )
      .addColumn("frame", "text", (column) => column.notNull())
      .addColumn("claimed_at", "double precision", (column) => column.notNull())
      .addColumn("sent_at", "double precision")
      .addPrimaryKeyConstraint("sends_once", ["uplink_id", "frame"])
      .execute();
  },
});
