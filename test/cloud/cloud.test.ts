import test from "ava";
import { decodeDecision, encodeDeferral, encodeReport, ports } from "../../device/codec/codec.js";
import { Cloud, type CloudEvent } from "../../host-tools/cloud/cloud.js";
import { Memory } from "../../host-tools/cloud/memory.js";

const devEui = "0011223344556677";
const window = { frames: 2, features: 3, data: Int8Array.of(-128, 0, 127, 10, 20, 30) };
const deferral = encodeDeferral({ sequence: 7, time: 1, label: 0, confidence: 0.5, window }, 51);

test("a deferral is answered by the float network, on the window as the node's network saw it", async (t) => {
  const asked: number[][] = [];
  const cloud = new Cloud({
    memory: new Memory(),
    input: { scale: 0.5, zeroPoint: -8 },
    predict: (values, frames, features) => {
      asked.push([frames, features, ...values]);
      return Float32Array.of(0.1, 0.2, 0.7);
    },
  });
  const answer = await cloud.receive({ devEui, port: ports.deferral, payload: deferral });
  t.deepEqual(asked, [[2, 3, -60, 4, 67.5, 9, 14, 19]]);
  t.is(answer?.port, ports.decision);
  const decision = decodeDecision(answer!.payload);
  t.is(decision.sequence, 7);
  t.is(decision.label, 2);
  t.true(Math.abs(decision.confidence - 0.7) <= 0.5 / 255);
});

test("a repeated deferral gets the same decision without another run of the network", async (t) => {
  let asked = 0;
  const cloud = new Cloud({
    memory: new Memory(),
    input: { scale: 1, zeroPoint: 0 },
    predict: () => Float32Array.of(++asked / 10, 0.9),
  });
  const first = await cloud.receive({ devEui, port: ports.deferral, payload: deferral });
  t.deepEqual(await cloud.receive({ devEui, port: ports.deferral, payload: deferral }), first);
  t.is(asked, 1);
  await cloud.receive({ devEui: "ffffffffffffffff", port: ports.deferral, payload: deferral });
  t.is(asked, 2);
});

test("reports need no decision; an invalid payload is reported and ignored", async (t) => {
  const events: CloudEvent[] = [];
  const cloud = new Cloud({
    memory: new Memory(),
    input: { scale: 1, zeroPoint: 0 },
    predict: () => {
      throw new Error("must not be asked");
    },
    onEvent: (event) => events.push(event),
  });
  t.is(
    await cloud.receive({
      devEui,
      port: ports.report,
      payload: encodeReport({ sequence: 1, time: 0, label: 1, confidence: 0.8, actions: 0, count: 1 }),
    }),
    undefined,
  );
  t.is(await cloud.receive({ devEui, port: ports.report, payload: Uint8Array.of(0xff) }), undefined);
  t.is(await cloud.receive({ devEui, port: 99, payload: deferral }), undefined);
  t.deepEqual(
    events.map((event) => event.kind),
    ["received", "refused", "refused"],
  );
});
