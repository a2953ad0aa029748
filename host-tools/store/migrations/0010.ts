import { sql, type Kysely, type Migration } from "kysely";
import type { Dialect } from "../dialects.js";

/** Which network each node has, and which one each deferred window is of: the sequence of the package that brought it. */
export const nodeNetworks = (dialect: Dialect): Migration => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const { schema } = db;
    await schema.alterTable("deferrals").addColumn("model", "bigint").execute();
    await schema
      .createIndex("deferrals_unread")
      .on("deferrals")
      .columns(["model"])
      .where(sql<boolean>`network is null and model is not null`)
      .execute();
    await schema.alterTable("nodes").addColumn("model", "bigint").execute();
    await schema.alterTable("nodes").addColumn("model_at", "double precision").execute();
    const model =
      dialect === "postgres"
        ? sql`(status::json -> 'model' ->> 'sequence')::bigint`
        : sql`json_extract(status, '$.model.sequence')`;
    const last = (what: ReturnType<typeof sql>) =>
      sql`(select ${what} from updates where updates.dev_eui = nodes.dev_eui and event <> 'settings'
        and status like '%"model":%' order by at desc, uplink_id desc limit 1)`;
    await sql`update nodes set model = ${last(model)}, model_at = ${last(sql`at`)}`.execute(db);
  },
});
