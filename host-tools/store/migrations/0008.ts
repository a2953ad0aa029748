import type { Kysely, Migration } from "kysely";

/** What networks that are not in force yet say of deferred windows. */
export const candidates: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable("candidates")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("threshold", "double precision", (column) => column.notNull())
      .addColumn("person", "text", (column) => column.notNull())
      .addColumn("compared_at", "double precision", (column) => column.notNull())
      .execute();
    await schema
      .createTable("candidate_verdicts")
      .addColumn("candidate", "text", (column) => column.notNull().references("candidates.id").onDelete("cascade"))
      .addColumn("uplink_id", "bigint", (column) => column.notNull().references("uplinks.id").onDelete("cascade"))
      .addColumn("label", "integer", (column) => column.notNull())
      .addColumn("confidence", "double precision", (column) => column.notNull())
      .addColumn("is_trained", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("candidate_verdicts_once", ["candidate", "uplink_id"])
      .execute();
  },
};
