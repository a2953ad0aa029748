import { writeFile, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import {
  decryptPayload,
  encodeDownlink,
  encodeJoinAccept,
  loraPacket,
  micMatches,
  sessionKeys,
} from "../../host-tools/gateway/packets.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { Random } from "../../host-tools/lib/random.js";
import { abp } from "./simulation.js";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "xs");

interface Case {
  keys: { devAddr: Buffer; nwkSKey: Buffer; appSKey: Buffer };
  counter: number;
  /** Of a data frame. */
  expected?: { port: number; options: string; payload: string };
  /** Of a join accept. */
  session?: { nwkSKey: string; appSKey: string };
  frame: Buffer;
}

function randomCase(random: Random): Case {
  const keys = { devAddr: random.bytes(4), nwkSKey: random.bytes(16), appSKey: random.bytes(16) };
  const counter = random.int(0, 0xffffffff);
  if (random.uniform() < 0.2) {
    const fields = {
      joinNonce: random.int(0, 0xffffff),
      netId: random.bytes(3),
      devAddr: keys.devAddr,
      rx1Offset: 0,
      rx2DataRate: 0,
      rxDelay: 1,
      channelList: random.uniform() < 0.5 ? random.bytes(16) : undefined,
    };
    const devNonce = Buffer.alloc(2);
    devNonce.writeUInt16BE(counter & 0xffff);
    const { nwkSKey, appSKey } = sessionKeys(keys.nwkSKey, fields.joinNonce, fields.netId, devNonce);
    return {
      keys,
      counter,
      frame: encodeJoinAccept(keys.nwkSKey, fields),
      session: { nwkSKey: nwkSKey.toString("hex"), appSKey: appSKey.toString("hex") },
    };
  }
  const port = random.pick([undefined, 0, random.int(1, 255)]);
  const options = random.bytes(port === 0 ? 0 : random.int(0, 15));
  const payload = port === undefined ? Buffer.alloc(0) : random.bytes(random.int(0, 200));
  const frame = encodeDownlink(keys, {
    counter,
    confirmed: random.uniform() < 0.5,
    ack: false,
    pending: false,
    adr: false,
    options,
    port,
    payload,
  });
  return {
    keys,
    counter,
    frame,
    expected: { port: port ?? -1, options: options.toString("hex"), payload: payload.toString("hex") },
  };
}

test("under XS with the C cipher: 3,000 frames and joins of lora-packet are read, and lora-packet reads the answers", async (t) => {
  t.timeout(180000);
  const random = new Random("xs");
  const cases = Array.from({ length: 3000 }, () => randomCase(random));
  const bytes = cases.map(({ keys, counter, frame, session }) => {
    const head = Buffer.alloc(5);
    head[0] = session ? 1 : 0;
    head.writeUInt32LE(counter, 1);
    return Buffer.concat([head, keys.nwkSKey, keys.appSKey, Buffer.of(frame.length), frame]);
  });
  const temporary = await mkdtemp(path.join(os.tmpdir(), "loam-lorawan-"));
  t.teardown(() => rm(temporary, { recursive: true }));
  const file = path.join(temporary, "cases.bin");
  await writeFile(file, Buffer.concat(bytes));
  const program = await buildHost({
    manifest: path.join(folder, "manifest.json"),
    main: path.join(folder, "main.xs.ts"),
  });
  const result = await runHost(program, { resources: { cases: file }, timeoutMs: 120000 });
  t.is(result.exitCode, 0, result.stderr);
  const lines = result.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const [i, { keys, counter, expected, session }] of cases.entries()) {
    const line = lines[i]!;
    if (session) {
      t.deepEqual(line, session);
      continue;
    }
    const { answer, ...heard } = line;
    t.deepEqual(heard, expected);
    const packet = loraPacket.fromWire(Buffer.from(answer as string, "hex"));
    t.true(micMatches(packet, keys.nwkSKey, counter));
    t.is(decryptPayload(packet, keys, counter).toString("hex"), expected!.payload);
  }
  const uplinks = lines
    .slice(cases.length)
    .map(({ uplink }) => loraPacket.fromWire(Buffer.from(uplink as string, "hex")));
  t.is(uplinks.length, 40);
  for (const [i, packet] of uplinks.entries()) {
    t.is(packet.getFCnt(), i);
    t.true(micMatches(packet, Buffer.from(abp.nwkSKey, "hex"), i));
  }
  t.log(
    `XS, peak: ${result.heap!.peakSlots} slots and ${result.heap!.peakChunkBytes} bytes of chunks of heap, ${result.heap!.peakStackSlots} slots of stack`,
  );
});
