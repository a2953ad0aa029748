// Slow: a browser
import test from "ava";
import { chromium as playwright } from "playwright-core";
import { createToken } from "../../host-tools/access/tokens.js";
import { describeAlarm } from "../../host-tools/alarms/describe.js";
import { openPage } from "../../host-tools/cloudpage/server.js";
import { chromiumArguments, findChromium } from "../../host-tools/lib/browser.js";
import type { AlarmRule } from "../../host-tools/store/alarmRules.js";
import { lookForAlarms } from "../../host-tools/store/alarmWatch.js";
import { claimDeliveries, markUndelivered } from "../../host-tools/store/deliveries.js";
import type { Store } from "../../host-tools/store/store.js";
import { addUser } from "../../host-tools/store/users.js";
import { chromium, needs } from "../helpers/needs.js";
import { exampleNode } from "../device/helpers/day.js";
import { devEui, kind, start, storeWithDay } from "./fleet.js";
import { inEachView } from "./views.js";

const later = start + 90000;
const low: AlarmRule = {
  name: "low <battery>",
  kind: "battery",
  by: "volts",
  below: 3.8,
  clear: 3.9,
  repeatSeconds: 0,
};

const look = (store: Store, now: number, rules = [low]) =>
  lookForAlarms(
    store,
    { rules, channels: ["pager"], describe: (rule, found) => describeAlarm(exampleNode(), rule, found) },
    now,
  );

/** A day with an alarm that was not told. */
async function storeWithAlarm(): Promise<Store> {
  const store = await storeWithDay();
  await look(store, later);
  const [one] = await claimDeliveries(store, "pager", 1, later);
  await markUndelivered(store, one!, "answer 503", later);
  return store;
}

test("alarms by the API: all, open ones, a node's; counted in metrics", async (t) => {
  const store = await storeWithAlarm();
  const page = await openPage(store, kind, { host: "127.0.0.1", port: 0 });
  t.teardown(async () => {
    await page.close();
    await store.close();
  });
  const list = async (query: string) =>
    (await (await fetch(`${page.url}api/alarms${query}`)).json()) as Record<string, unknown>[];
  const metrics = async () => (await fetch(`${page.url}metrics`)).text();
  const [alarm] = await list("");
  t.like(alarm, { devEui, nodeName: "north <field>", rule: low.name, kind: "battery", what: "battery 3.70 V" });
  t.like(alarm, { value: 3.7, openedAt: later, closedAt: null, waiting: 1, failed: 0, error: "answer 503" });
  t.is((await list(`?open=true&devEui=${devEui}`)).length, 1);
  t.is((await list("?devEui=70b3d57ed0000002")).length, 0);
  t.is((await list("?open=false")).length, 0);
  t.is((await list(`?before=${String(alarm!["id"])}`)).length, 0);
  t.regex(await metrics(), /^loam_alarms_open\{rule="low <battery>"\} 1$/m);
  await look(store, later + 60, []);
  t.like((await list("?open=false"))[0], { closedAt: later + 60, waiting: 2 });
  t.notRegex(await metrics(), /^loam_alarms_open\{/m);
  t.regex(await metrics(), /^loam_alarm_messages\{state="waiting"\} 2$/m);
});

test("alarms are for who has logged in, as a viewer", async (t) => {
  const store = await storeWithAlarm();
  await addUser(store, { name: "ann", role: "viewer", createdAt: 1 }, "no hash");
  const token = (await createToken(store, { name: "viewer", role: "viewer", expiresAt: null }, 1))!;
  const page = await openPage(store, kind, { host: "127.0.0.1", port: 0 });
  t.teardown(async () => {
    await page.close();
    await store.close();
  });
  t.is((await fetch(`${page.url}api/alarms`)).status, 401);
  t.is((await fetch(`${page.url}api/alarms`, { headers: { authorization: `Bearer ${token}` } })).status, 200);
});

needs(chromium)("alarms in the fleet, on their page and a node's, in light, dark and on a phone; live", async (t) => {
  const store = await storeWithAlarm();
  const { url, close } = await openPage(store, kind, { host: "127.0.0.1", port: 0 });
  const browser = await playwright.launch({ executablePath: findChromium(), args: chromiumArguments });
  try {
    await inEachView(t, browser, url, async ({ page, look: picture }) => {
      await page.goto(url);
      await page.getByRole("row", { name: /north <field>.*low <battery>/ }).waitFor();
      await picture("fleet-alarm");
      await page.getByRole("link", { name: "alarms" }).click();
      await page.getByRole("region", { name: "Alarms" }).waitFor();
      const row = page.getByRole("row", { name: /north <field>.*battery 3\.70 V.*open.*waits to be told: answer 503/ });
      await row.waitFor();
      await picture("alarms");
      await row.getByRole("link", { name: "north <field>" }).click();
      await page
        .getByRole("region", { name: "Alarms" })
        .getByRole("row", { name: /battery 3\.70 V.*open/ })
        .waitFor();
      await picture("node-alarm");
    });
    const page = await browser.newPage();
    await page.goto(`${url}#alarms`);
    const row = page.getByRole("row", { name: /low <battery>/ });
    await row.getByText("open", { exact: true }).waitFor();
    await look(store, later + 60, []);
    await row.getByText("open", { exact: true }).waitFor({ state: "detached", timeout: 60_000 });
  } finally {
    await browser.close();
    await close();
    await store.close();
  }
});
