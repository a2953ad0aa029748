import type { Kysely, Migration } from "kysely";

/** Who may see the page and its API. */
export const access: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable("users")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("role", "text", (column) => column.notNull())
      .addColumn("password", "text", (column) => column.notNull())
      .addColumn("created_at", "double precision", (column) => column.notNull())
      .execute();
    await schema
      .createTable("sessions")
      .addColumn("digest", "text", (column) => column.primaryKey())
      .addColumn("user_name", "text", (column) => column.notNull().references("users.name").onDelete("cascade"))
      .addColumn("created_at", "double precision", (column) => column.notNull())
      .addColumn("used_at", "double precision", (column) => column.notNull())
      .execute();
    await schema.createIndex("sessions_user").on("sessions").columns(["user_name"]).execute();
    await schema.createIndex("sessions_created").on("sessions").columns(["created_at"]).execute();
    await schema
      .createTable("attempts")
      .addColumn("key", "text", (column) => column.primaryKey())
      .addColumn("count", "integer", (column) => column.notNull())
      .addColumn("since", "double precision", (column) => column.notNull())
      .execute();
    await schema
      .createTable("tokens")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("digest", "text", (column) => column.notNull().unique())
      .addColumn("role", "text", (column) => column.notNull())
      .addColumn("created_at", "double precision", (column) => column.notNull())
      .addColumn("expires_at", "double precision")
      .addColumn("used_at", "double precision")
      .execute();
  },
};
