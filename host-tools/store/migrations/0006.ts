import type { Kysely, Migration } from "kysely";

/** What was sent last is found without a look at all that was sent. */
export const sentOrder: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema.createIndex("sends_sent").on("sends").columns(["sent_at"]).execute();
  },
};
