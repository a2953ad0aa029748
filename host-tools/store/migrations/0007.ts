import type { Kysely, Migration } from "kysely";

/** What the windows of deferrals were made with. */
export const networks: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable("networks")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("description", "text", (column) => column.notNull())
      .execute();
    await schema.alterTable("deferrals").addColumn("network", "text").execute();
  },
};
