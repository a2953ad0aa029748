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
    networks: () => ({
      input: { scale: 0.5, zeroPoint: -8 },
      predict: (values, frames, features) => {
        asked.push([frames, features, ...values]);
        return Float32Array.of(0.1, 0.2, 0.7);
      },
    }),
  });
  const answer = await cloud.receive({ devEui, port: ports.deferral, payload: deferral });
  t.deepEqual(asked, [[2, 3, -60, 4, 67.5, 9, 14, 19]]);
  t.is(answer?.port, ports.decision);
  const decision = decodeDecision(answer!.payload);
  t.is(decision.sequence, 7);
  t.is(decision.label, 2);
  t.true(Math.abs(decision.confidence - 0.7) <= 0.5 / 255);
});

test("a window is decided by the network that it is of; of one that the cloud does not have it is not, which is said once", async (t) => {
  const events: CloudEvent[] = [];
  const asked: [network: number, first: number][] = [];
  const network = (sequence: number, scale: number) => ({
    input: { scale, zeroPoint: 0 },
    predict: ([first]: Float32Array) => {
      asked.push([sequence, first!]);
      return Float32Array.of(0.9, 0.1);
    },
  });
  const networks = new Map([
    [0, network(0, 1)],
    [7, network(7, 0.5)],
  ]);
  const cloud = new Cloud({
    memory: new Memory(),
    networks: (sequence) => networks.get(sequence),
    onEvent: (event) => events.push(event),
  });
  const ask = (sequence: number, of: object) => {
    const payload = encodeDeferral(
      { sequence, time: sequence, label: 0, confidence: 0.5, window: { ...window, ...of } },
      51,
    );
    return cloud.receive({ devEui, port: ports.deferral, payload });
  };
  t.truthy(await ask(1, {}));
  t.truthy(await ask(2, { network: 0 }));
  t.truthy(await ask(3, { network: 7 }));
  t.is(await ask(4, { network: 8 }), undefined);
  t.is(await ask(4, { network: 8 }), undefined);
  t.deepEqual(asked, [
    [0, -128],
    [0, -128],
    [7, -64],
  ]);
  const undecided = events.filter(({ kind }) => kind === "undecided");
  t.deepEqual(undecided, [{ kind: "undecided", devEui, sequence: 4, model: 8 }]);
  networks.set(8, network(8, 2));
  t.truthy(await ask(4, { network: 8 }), "the node asks again, and the cloud has it now");
  t.deepEqual(asked.at(-1), [8, -256]);
});

test("a window of another shape than its network's is not decided, which is said once", async (t) => {
  const events: CloudEvent[] = [];
  const cloud = new Cloud({
    memory: new Memory(),
    networks: () => ({
      input: { scale: 1, zeroPoint: 0 },
      shape: { frames: 2, features: 4 },
      predict: () => {
        throw new Error("must not be asked");
      },
    }),
    onEvent: (event) => events.push(event),
  });
  const question = await cloud.take({ devEui, port: ports.deferral, payload: deferral });
  t.is(await cloud.answer(question!), undefined);
  t.is(await cloud.answer({ ...question!, isLeft: true }), undefined);
  const refused = events.filter(({ kind }) => kind === "refused");
  t.is(refused.length, 1);
  t.like(refused[0], { devEui, port: ports.deferral });
  t.regex((refused[0] as { reason: string }).reason, /2 frames of 3 features, .* takes 2 of 4/);
});

test("a repeated deferral gets the same decision without another run of the network", async (t) => {
  let asked = 0;
  const cloud = new Cloud({
    memory: new Memory(),
    networks: () => ({ input: { scale: 1, zeroPoint: 0 }, predict: () => Float32Array.of(++asked / 10, 0.9) }),
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
    networks: () => {
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
