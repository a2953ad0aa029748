// Slow: kills and restarts the cloud
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { decodeDecision, encodeDeferral, encodeReport, ports } from "../../device/codec/codec.js";
import { featureLayout } from "../../device/features/layout.js";
import { listDeferrals } from "../../host-tools/store/deferrals.js";
import { openStore } from "../../host-tools/store/store.js";
import { timeline } from "../../host-tools/store/timeline.js";
import { exampleNode } from "../device/helpers/day.js";
import { abp } from "../lorawan/simulation.js";
import { confirmedUplink, Gateway } from "../networks/node.js";
import { cloudFolder, CloudProcess, devEui } from "./server.js";

const config = exampleNode();
const features = featureLayout(config).count;
const { frames } = config.window;
const time = Math.floor(Date.now() / 1000);

/** A deferral with a window of the example node's shape. */
function deferral(sequence: number): Uint8Array {
  const data = Int8Array.from({ length: frames * features }, (_, i) => ((i * 37 + sequence * 11) % 251) - 125);
  const window = { frames, features, data };
  return encodeDeferral({ sequence, time: time + 900 * sequence, label: 1, confidence: 0.5, window }, 222);
}

test("a deferral is answered in a receive window, and everything is there again after the cloud was killed", async (t) => {
  t.timeout(240_000);
  const folder = await cloudFolder(t);
  const start = async () => {
    const cloud = new CloudProcess(t, folder);
    const { port } = await cloud.line("listening");
    const gateway = await Gateway.start(port as number);
    t.teardown(() => gateway.close());
    return { cloud, gateway };
  };
  let counter = 0;
  /** The node asks until it hears the decision; on a slow machine that comes with the next answer. */
  const decisionBy = async (gateway: Gateway) => {
    for (let asks = 0; asks < 5; asks++) {
      const answer = await gateway.ask(confirmedUplink(abp, ++counter, ports.deferral, deferral(1)), abp, 20_000);
      t.true([1e6, 2e6].includes(answer!.after), `${answer!.after} µs after the uplink`);
      if (answer!.port === ports.decision) return decodeDecision(answer!.payload);
    }
    return t.fail("no decision");
  };
  const { cloud: first, gateway } = await start();
  const decision = await decisionBy(gateway);
  t.is(decision.sequence, 1);
  const report = encodeReport({ sequence: 2, time, label: 0, confidence: 0.9, actions: 1, count: 1 });
  t.truthy(await gateway.ask(confirmedUplink(abp, ++counter, ports.report, report), abp, 20_000));
  await first.line("decided");
  const { url } = (await first.line("page")) as { url: string };
  const [node] = (await (await fetch(`${url}api/nodes`)).json()) as object[];
  t.like(node, { devEui, name: "north field", label: decision.label });
  await first.end("SIGKILL");

  const { cloud: second, gateway: after } = await start();
  t.like(await second.line("listening"), { restored: 1 });
  // The node has not heard the answer, and asks again.
  t.deepEqual(await decisionBy(after), decision);
  t.truthy(await after.ask(confirmedUplink(abp, ++counter, ports.report, report), abp, 20_000));
  t.is(await second.end("SIGINT"), 0, second.stderr);
  t.false(
    second.lines.some((line) => line["event"] === "decided"),
    "decided once",
  );

  const store = await openStore(path.join(folder, "cloud.db"));
  t.teardown(() => store.close());
  const { link, deferrals, verdicts } = await timeline(store, devEui, { from: 0, to: 2 ** 40, limit: 100 });
  t.deepEqual(
    link.map(({ kind }) => kind),
    ["deferral", "report"],
  );
  t.is(verdicts.length, 1);
  t.like(deferrals, [{ sequence: 1, decidedLabel: decision.label }]);
  t.truthy(deferrals[0]!.sentAt);
});

test("killed at any moment: each deferral is stored once, and answered when the node asks again", async (t) => {
  t.timeout(600_000);
  const folder = await cloudFolder(t);
  let counter = 0;
  for (const [sequence, delay] of [0, 210, 260, 320].entries()) {
    const cloud = new CloudProcess(t, folder);
    const { port } = await cloud.line("listening");
    const gateway = await Gateway.start(port as number);
    const asked = gateway.ask(confirmedUplink(abp, ++counter, ports.deferral, deferral(sequence)), abp, delay + 500);
    await sleep(delay);
    await cloud.end("SIGKILL");
    await asked;
    gateway.close();
  }
  const cloud = new CloudProcess(t, folder);
  const { port } = await cloud.line("listening");
  const gateway = await Gateway.start(port as number);
  t.teardown(() => gateway.close());
  for (const sequence of [0, 1, 2, 3]) {
    // An answer to what came before the cloud was killed may be first: the node knows by its number which one it is.
    const answered: number[] = [];
    for (let asks = 0; asks < 4 && !answered.includes(sequence); asks++) {
      const answer = await gateway.ask(
        confirmedUplink(abp, ++counter, ports.deferral, deferral(sequence)),
        abp,
        20_000,
      );
      if (answer!.port === ports.decision) answered.push(decodeDecision(answer!.payload).sequence);
    }
    t.true(answered.includes(sequence), `${sequence}: ${answered.join(", ")}`);
  }
  await cloud.end("SIGINT");
  const store = await openStore(path.join(folder, "cloud.db"));
  t.teardown(() => store.close());
  const deferrals = await listDeferrals(store, { limit: 100 });
  t.deepEqual(deferrals.map(({ sequence }) => sequence).sort(), [0, 1, 2, 3]);
  t.true(deferrals.every(({ decidedAt, sentAt }) => decidedAt !== null && sentAt !== null));
});
