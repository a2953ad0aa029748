import { readFile } from "node:fs/promises";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { encodeReport, ports } from "../../device/codec/codec.js";
import { createToken } from "../../host-tools/access/tokens.js";
import { openPage } from "../../host-tools/cloudpage/server.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { claimSend, decide, markSent } from "../../host-tools/store/decisions.js";
import { labelDeferral } from "../../host-tools/store/personLabels.js";
import type { Store } from "../../host-tools/store/store.js";
import { addUser } from "../../host-tools/store/users.js";
import { holdSession } from "../../host-tools/store/workers.js";
import { onEachDatabase } from "../store/databases.js";
import { devEui, fillDay, kind, start, storeWithDay, take, takeDeferral } from "./fleet.js";

async function serve(t: ExecutionContext, store: Store): Promise<string> {
  const page = await openPage(store, kind, { host: "127.0.0.1", port: 0 });
  t.teardown(() => page.close());
  return page.url;
}

/** By Prometheus' text format: NAME{LABELS} VALUE. */
async function scrape(url: string, headers: Record<string, string> = {}): Promise<Map<string, number>> {
  const response = await fetch(`${url}metrics`, { headers });
  if (!response.ok) throw new Error(String(response.status));
  const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const [, series, value] = /^([a-z_]\w*(?:\{.*\})?) (\S+)$/i.exec(line)!;
      return [series!, Number(value)] as const;
    }),
  );
}

onEachDatabase("metrics count what is stored, by whichever process", async (t, open) => {
  const [store, other] = [await open(), await open()];
  await fillDay(store);
  const url = await serve(t, store);
  const first = await scrape(url);
  const expected = {
    loam_nodes: 2,
    'loam_nodes_seen{within="1h"}': 1,
    loam_nodes_safe_mode: 0,
    loam_last_payload_timestamp_seconds: start + 86400,
    'loam_payloads_total{kind="report"}': 84,
    'loam_payloads_total{kind="deferral"}': 12,
    'loam_payloads_total{kind="app"}': 0,
    'loam_faults_total{kind="stuck"}': 1,
    'loam_faults_total{kind="radio"}': 0,
    'loam_deferrals{state="answered"}': 12,
    'loam_deferrals{state="open"}': 0,
    loam_deferrals_unlabelled: 12,
    loam_answer_seconds_count: 12,
  };
  for (const [series, value] of Object.entries(expected)) t.is(first.get(series), value, series);

  const now = Date.now() / 1000;
  await takeDeferral(other, 300, now - 60);
  const id = await takeDeferral(other, 301, now);
  await decide(other, { id, devEui, sequence: 301 }, { label: 1, confidence: 0.9 }, now);
  await claimSend(other, id, "late", now);
  await labelDeferral(other, { uplinkId: id, label: 1, person: "ann", labelledAt: now });
  const report = encodeReport({ sequence: 302, time: start, label: 1, confidence: 1, actions: 0, count: 1 });
  await take(other, ports.report, report, now);
  await take(other, ports.report, report, now);
  await holdSession(other, "crew", "worker-1");
  const second = await scrape(url);
  t.is(second.get('loam_payloads_total{kind="deferral"}'), 14);
  t.is(second.get('loam_payloads_total{kind="report"}'), 85, "copies are none");
  t.is(second.get('loam_deferrals{state="open"}'), 2, "one without a decision, one whose decision is claimed");
  t.is(second.get("loam_deferrals_unlabelled"), 13);
  t.true(second.get('loam_worker_seen_timestamp_seconds{worker="worker-1"}')! > now - 60);
  t.is(second.get("loam_answer_seconds_count"), 12, "each once");
  const frame = (await other.db.selectFrom("uplinks").select("frame").where("id", "=", id).executeTakeFirstOrThrow())
    .frame;
  await claimSend(other, id, frame, now);
  await markSent(other, id, frame, start + 86400);
  t.is((await scrape(url)).get("loam_answer_seconds_count"), 13);
});

test("every metric of the Grafana dashboard is there, and each of loam's own is on it", async (t) => {
  const store = await storeWithDay();
  t.teardown(() => store.close());
  await holdSession(store, "crew", "worker-1");
  const response = await fetch(`${await serve(t, store)}metrics`);
  // Declared, whether or not there is a value.
  const names = new Set(Array.from((await response.text()).matchAll(/^# TYPE (\S+)/gm), ([, name]) => name!));
  const text = await readFile(path.join(loamRoot, "docs/grafana/loam-cloud.json"), "utf8");
  const { panels } = JSON.parse(text) as { panels: { title: string; targets: { expr: string }[] }[] };
  t.true(panels.length > 10);
  for (const { title, targets } of panels)
    for (const { expr } of targets) {
      const asked = expr.match(/\b(?:loam|process|nodejs)_\w+/g) ?? [];
      t.true(asked.length > 0, `${title}: ${expr}`);
      for (const name of asked) t.true(names.has(name.replace(/_bucket$/, "")), `${title}: ${name}`);
    }
  for (const name of names) if (name.startsWith("loam_")) t.true(text.includes(name), name);
});

test("with users, metrics are for who has a token or a session", async (t) => {
  const store = await storeWithDay();
  t.teardown(() => store.close());
  await addUser(store, { name: "ann", role: "viewer", createdAt: 1 }, "no hash");
  const url = await serve(t, store);
  t.is((await fetch(`${url}metrics`)).status, 401);
  const token = (await createToken(store, { name: "prometheus", role: "viewer", expiresAt: null }, 1))!;
  const answer = await fetch(`${url}metrics`, { headers: { authorization: `Bearer ${token}` } });
  t.is(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  t.is(answer.headers.get("cache-control"), "no-store");
  t.true((await scrape(url, { authorization: `Bearer ${token}` })).has("loam_nodes"));
});
