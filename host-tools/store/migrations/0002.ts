import type { Kysely, Migration } from "kysely";

/** What network servers learn by DevStatusReq. */
export const margin: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema.alterTable("nodes").addColumn("margin", "integer").execute();
  },
};
