import type pg from "pg";

/** What a database takes for the payloads in it. */
export interface Sizes {
  payloads: number;
  /** Without what is one row a node. */
  tables: { name: string; rows: number; rowBytes: number; indexBytes: number }[];
  /** Of a payload, in all tables with their indexes: the mix that was sent. */
  perPayload: number;
  partitions: Partitions;
}

/** The rows of `uplinks` in a table like it, and in one with partitions by the payload's time. */
export interface Partitions {
  count: number;
  plain: { insertMicroseconds: number; rowBytes: number; deleteMs: number };
  parted: { insertMicroseconds: number; rowBytes: number; dropMs: number };
}

const partitionCount = 12;
const names = ["uplinks", "verdicts", "deferrals", "decisions", "sends"];

export async function measureSizes(client: pg.Client): Promise<Sizes> {
  const tables: Sizes["tables"] = [];
  let payloads = 0;
  let bytes = 0;
  for (const name of names) {
    const { rows, table, indexes } = await one(
      client,
      `select (select count(*) from ${name})::int as rows, pg_table_size('${name}')::int as "table", pg_indexes_size('${name}')::int as indexes`,
    );
    if (name === "uplinks") payloads = rows!;
    bytes += table! + indexes!;
    tables.push({ name, rows: rows!, rowBytes: table! / rows!, indexBytes: indexes! / rows! });
  }
  return { payloads, tables, perPayload: bytes / payloads, partitions: await partitions(client, payloads) };
}

async function partitions(client: pg.Client, payloads: number): Promise<Partitions> {
  const { first, last } = await one(client, `select min("time") as first, max("time") as last from uplinks`);
  const at = (i: number) => Math.round(first! + (i * (last! + 1 - first!)) / partitionCount);
  await client.query(`create table plain (like uplinks including all)`);
  await client.query(`create table parted (like uplinks including defaults) partition by range ("time")`);
  for (let i = 0; i < partitionCount; i++)
    await client.query(`create table parted_${i} partition of parted for values from (${at(i)}) to (${at(i + 1)})`);
  // Every unique key of the store has the time in it, which PostgreSQL wants of a partitioned table.
  for (const index of [
    `unique index on parted (id, "time")`,
    `unique index on parted (dev_eui, kind, sequence, "time", era)`,
    `unique index on parted (dev_eui, kind, "time", digest) where "time" > 0`,
    "index on parted (last_received)",
    "index on parted (dev_eui, received)",
  ])
    await client.query(`create ${index}`);
  const insert = async (into: string) => {
    await client.query(`insert into ${into} select * from uplinks`);
    await client.query(`truncate ${into}`);
    // The second time what it takes is in memory.
    return (1000 * (await timed(client, `insert into ${into} select * from uplinks`))) / payloads;
  };
  const plain = await insert("plain");
  const parted = await insert("parted");
  const { size } = await one(client, "select pg_total_relation_size('plain')::int as size");
  const { size: sizes } = await one(
    client,
    "select sum(pg_total_relation_size(relid))::int as size from pg_partition_tree('parted') where isleaf",
  );
  return {
    count: partitionCount,
    plain: {
      insertMicroseconds: plain,
      rowBytes: size! / payloads,
      deleteMs: await timed(client, `delete from plain where "time" < ${at(1)}`),
    },
    parted: {
      insertMicroseconds: parted,
      rowBytes: sizes! / payloads,
      dropMs: await timed(client, "drop table parted_0"),
    },
  };
}

async function one(client: pg.Client, query: string): Promise<Record<string, number>> {
  return (await client.query<Record<string, number>>(query)).rows[0]!;
}

/** ms */
async function timed(client: pg.Client, query: string): Promise<number> {
  const from = performance.now();
  await client.query(query);
  return performance.now() - from;
}
