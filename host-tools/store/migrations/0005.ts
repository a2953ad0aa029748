import type { Kysely, Migration } from "kysely";

/** What people say of deferred windows. */
export const personLabels: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable("person_labels")
      .addColumn("uplink_id", "bigint", (column) => column.primaryKey().references("uplinks.id").onDelete("cascade"))
      .addColumn("label", "integer", (column) => column.notNull())
      .addColumn("person", "text", (column) => column.notNull())
      .addColumn("labelled_at", "double precision", (column) => column.notNull())
      .execute();
  },
};
