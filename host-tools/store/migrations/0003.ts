import type { Kysely, Migration } from "kysely";

/** Who has a session at the broker, and what a process owes to nodes. */
export const workers: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable("workers")
      .addColumn("client_id", "text", (column) => column.primaryKey())
      .addColumn("crew", "text", (column) => column.notNull())
      .addColumn("holder", "text", (column) => column.notNull())
      .addColumn("seen_at", "double precision", (column) => column.notNull())
      .execute();
  },
};
