// Slow: starts the command line
import { writeFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { describeAlarm } from "../../host-tools/alarms/describe.js";
import { freePort } from "../../host-tools/lib/freePort.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { lookForAlarms } from "../../host-tools/store/alarmWatch.js";
import { registerNodes } from "../../host-tools/store/fleet.js";
import { openStore } from "../../host-tools/store/store.js";
import { exampleNode } from "../device/helpers/day.js";
import { cloudFolder, devEui } from "../service/server.js";
import { secret, startReceiver, verified } from "./receiver.js";

const loam = path.join(loamRoot, "host-tools/bin/loam.js");

test("open alarms are listed; --test tries each webhook, and says which has not taken it", async (t) => {
  const { posts, url } = await startReceiver(t);
  const gone = { name: "gone", url: `http://127.0.0.1:${await freePort()}/token-in-path`, secret };
  const webhooks = [{ name: "pager", url, secret }, gone];
  const folder = await cloudFolder(t, { alarms: { webhooks } });
  const store = await openStore(path.join(folder, "cloud.db"));
  await registerNodes(store, [{ devEui, name: "north\u001b field" }]);
  await store.db.updateTable("nodes").set({ millivolts: 3000 }).execute();
  await lookForAlarms(store, {
    rules: [{ name: "low", kind: "battery", by: "volts", below: 3.3, clear: 3.4, repeatSeconds: 0 }],
    channels: ["pager"],
    describe: (rule, found) => describeAlarm(exampleNode(), rule, found),
  });
  await store.close();
  const run = (...given: string[]) =>
    execa(process.execPath, [loam, "cloud", "alarms", ...given, "--config", path.join(folder, "cloud.config.json")], {
      reject: false,
      cwd: loamRoot,
    });
  t.regex((await run()).stdout, /north\\u001b field +│ low +│ battery 3\.00 V +│ 20\S+ +│ 1 waiting, 0 failed/);
  t.like(JSON.parse((await run("--json")).stdout), [{ devEui, rule: "low", value: 3, closedAt: null }]);
  const tried = await run("--test");
  t.is(tried.exitCode, 1);
  t.is(tried.stdout, "pager: sent\ngone: not sent: no connection: no process listens on that socket");
  t.regex(tried.stderr, /1 of 2 have not taken the test/);
  t.notRegex(tried.stdout + tried.stderr, /token-in-path|whsec_/);
  t.is(verified(posts[0]!).type, "alarm.test");
  await writeFile(path.join(folder, "cloud.config.json"), "{}");
  t.regex((await run("--test")).stderr, /nobody is told; expected webhooks or mail/);
});
