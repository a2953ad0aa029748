import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { control } from "../../device/lorawan/frames.js";
import type { UplinkHandler } from "../../host-tools/networks/network.js";
import { OwnNetwork } from "../../host-tools/networks/own.js";
import type { ReceivedUplink } from "../../host-tools/store/types.js";
import { abp, otaa } from "../lorawan/simulation.js";
import { confirmedUplink, Gateway } from "./node.js";

const { devEui } = otaa;
const stored = Promise.resolve({ answered: Promise.resolve() });

async function open(t: ExecutionContext, handler: UplinkHandler, state?: string) {
  let port = 0;
  const events: Record<string, unknown>[] = [];
  const network = new OwnNetwork({
    ...{ region: "EU868", registrations: [{ devEui, ...abp }], host: "127.0.0.1", port: 0, state },
    onEvent: (event) => {
      events.push(event);
      if (event["event"] === "listening") port = event["port"] as number;
    },
  });
  network.onUplink(handler);
  await network.start();
  const gateway = await Gateway.start(port);
  let isOpen = true;
  const close = async () => {
    if (isOpen) await network.close();
    if (isOpen) gateway.close();
    isOpen = false;
  };
  t.teardown(close);
  return { network, gateway, events, close };
}

test("a downlink sent while an uplink is handled goes out in RX1, with the acknowledgement", async (t) => {
  const heard: ReceivedUplink[] = [];
  const { network, gateway } = await open(t, async (uplink) => {
    heard.push(uplink);
    await network.send(devEui, 20, Buffer.from("decision"));
    return stored;
  });
  const answer = await gateway.ask(confirmedUplink(abp, 3, 11, Buffer.from("deferral")), abp);
  t.is(Buffer.from(answer!.payload).toString(), "decision");
  t.is(answer!.port, 20);
  t.is(answer!.after, 1e6);
  t.true((answer!.control & control.ack) !== 0);
  t.like(heard[0], { devEui, port: 11, counter: 3, dataRate: 5, frequency: 868_100_000 });
  t.deepEqual(heard[0]!.receptions, [{ gateway: "aa555a0000000101", rssi: -60, snr: 8 }]);
  // A frame of 13 + 8 bytes at SF7, 125 kHz, by the SX1276 data sheet, 4.1.1.7.
  t.true(Math.abs(heard[0]!.airtime! - 56.576) < 0.01, `${heard[0]!.airtime}`);
  t.true(Math.abs(heard[0]!.received - Date.now() / 1000) < 60);
});

test("an answer that takes longer does not hold the acknowledgement back, and goes out after the next uplink", async (t) => {
  let decide!: () => void;
  const decided = new Promise<void>((resolve) => (decide = resolve));
  const { network, gateway } = await open(t, ({ port }) =>
    port === 11
      ? Promise.resolve({ answered: decided.then(() => network.send(devEui, 20, Buffer.from("late"))) })
      : stored,
  );
  const first = await gateway.ask(confirmedUplink(abp, 1, 11, Buffer.from("deferral")), abp);
  t.is(first!.after, 1e6);
  t.is(first!.payload.length, 0);
  decide();
  const second = await gateway.ask(confirmedUplink(abp, 2, 10, Buffer.from("report")), abp);
  t.is(Buffer.from(second!.payload).toString(), "late");
});

test("what is not stored is not acknowledged, and is a new uplink when it comes again", async (t) => {
  let isBroken = true;
  const taken: number[] = [];
  const { gateway, events } = await open(t, ({ counter }) => {
    if (isBroken) return Promise.reject(new Error("the disk is full"));
    taken.push(counter!);
    return stored;
  });
  const frame = confirmedUplink(abp, 5, 10, Buffer.from("report"));
  t.is(await gateway.ask(frame, abp, 1500), undefined);
  t.like(events.at(-1), { event: "uplink failed", error: "the disk is full" });
  isBroken = false;
  const answer = await gateway.ask(frame, abp);
  t.true((answer!.control & control.ack) !== 0);
  t.deepEqual(taken, [5]);
});

test("after a restart, what waited for the node goes out once, also when it is sent again", async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "loam-own-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const state = path.join(folder, "network.db");
  const before = await open(t, () => stored, state);
  await before.network.send(devEui, 20, Buffer.from("decision"));
  await before.close();
  const { network, gateway } = await open(t, () => stored, state);
  await network.send(devEui, 20, Buffer.from("decision"));
  const answers = [1, 2].map(async (counter, i) => {
    await new Promise((resolve) => setTimeout(resolve, 1500 * i));
    return gateway.ask(confirmedUplink(abp, counter, 10, Buffer.from("report")), abp);
  });
  t.deepEqual(
    (await Promise.all(answers)).map((answer) => Buffer.from(answer!.payload).toString()),
    ["decision", ""],
  );
});

test("a downlink to a node that nobody knows is refused by name", async (t) => {
  const { network } = await open(t, () => stored);
  await t.throwsAsync(network.send("ffffffffffffffff", 20, Buffer.of(1)), { message: /ffffffffffffffff/ });
});
