// Slow: starts loam gateway several times
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import {
  decodeClockDownlink,
  encodeClockUplink,
  type ClockDownlink,
  type ClockUplink,
} from "../../device/codec/clocksync.js";
import { ports } from "../../device/codec/codec.js";
import { decodeDataFrame, encodeDataFrame } from "../../device/lorawan/frames.js";
import { Security } from "../../device/lorawan/security.js";
import type { GatewayDownlink } from "../../host-tools/gateway/types.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { live } from "../lorawan/livegateway.js";
import { nodeCrypto } from "../lorawan/nodecrypto.js";
import { abp, otaa } from "../lorawan/simulation.js";

const security = new Security(nodeCrypto);
const keys = [Buffer.from(abp.nwkSKey, "hex"), Buffer.from(abp.appSKey, "hex")] as const;

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), "loam-clock-"));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

/** Confirmed, so that there is an answer to look at. */
function uplink(counter: number, ...messages: ClockUplink[]): Uint8Array {
  return encodeDataFrame(security, ...keys, {
    type: 4,
    devAddr: Buffer.from(abp.devAddr, "hex").readUInt32BE(),
    control: 0,
    counter,
    options: Buffer.alloc(0),
    port: ports.clock,
    payload: Buffer.concat(messages.map(encodeClockUplink)),
  });
}

/** The clock commands of a downlink; undefined: it has none. */
function commandsOf({ payload }: GatewayDownlink): ClockDownlink[] | undefined {
  const bytes = Buffer.from(payload);
  const frame = decodeDataFrame(security, ...keys, bytes, bytes.readUInt16LE(6))!;
  return frame.port === ports.clock ? decodeClockDownlink(frame.payload) : undefined;
}

/** GPS time now, by the difference of the epochs in days and the leap seconds since. */
const gpsNow = (): number => Date.now() / 1000 - 3657 * 86400 + 18;

test("loam gateway answers AppTimeReq, sets a period and forces a resynchronization; it knows over restarts what was answered", async (t) => {
  t.timeout(120_000);
  const directory = await folder(t);
  const [devices, state] = [path.join(directory, "nodes.json"), path.join(directory, "state.json")];
  await writeFile(devices, JSON.stringify([{ devEui: otaa.devEui, ...abp }]));
  const args = ["--devices", devices, "--state", state, "--clock-resync", "2", "--clock-period"];

  const first = await live(t, [...args, "1024"]);
  const request = { command: "time", deviceTime: 1000, isAnswerRequired: true, token: 5 } as const;
  const before = gpsNow();
  t.true(await first.push(uplink(1, request)));
  const [answer, ...asked] = commandsOf(await first.answer())!;
  const after = gpsNow();
  t.like(answer, { command: "time", token: 5 });
  const { correction } = answer as { correction: number };
  t.true(correction >= Math.floor(before) - 1000 && correction <= Math.floor(after) - 1000, `${correction}`);
  t.deepEqual(asked, [{ command: "period", period: 3 }, { command: "resync", count: 2 }, { command: "version" }]);
  // 1980-01-06 and 1000 s, in UTC.
  t.deepEqual(await first.next("clock"), {
    event: "clock",
    devEui: otaa.devEui,
    messages: [{ ...request, deviceTime: 315964800 - 18 + 1000 }],
    correction,
  });
  // The node has not got it: only the answer, which was to that request, is gone.
  const wrong = { command: "version", identifier: 3, version: 2 } as const;
  t.true(await first.push(uplink(2, wrong)));
  t.deepEqual(commandsOf(await first.answer()), asked);
  const answers: ClockUplink[] = [
    { command: "version", identifier: 1, version: 2 },
    { command: "period", isSupported: true, deviceTime: Math.floor(gpsNow()) },
    { command: "time", deviceTime: Math.floor(gpsNow()), isAnswerRequired: false, token: 6 },
  ];
  t.true(await first.push(uplink(3, ...answers)));
  t.is(commandsOf(await first.answer()), undefined, "a clock that is right needs no answer");
  await first.end("SIGKILL");

  const second = await live(t, [...args, "1024"]);
  t.true(await second.push(uplink(4, { ...request, deviceTime: Math.floor(gpsNow()) + 5, isAnswerRequired: false })));
  const [again, ...more] = commandsOf(await second.answer())!;
  t.like(again, { command: "time", token: 5 });
  t.true([-6, -5, -4].includes((again as { correction: number }).correction));
  t.deepEqual(more, []);
  await second.end("SIGKILL");

  const third = await live(t, [...args, "2048"]);
  t.true(await third.push(uplink(5)));
  t.deepEqual(commandsOf(await third.answer()), [{ command: "period", period: 4 }]);
  await third.end("SIGINT");
});

test("nodes that do not answer are asked eight times; periods and counts that TS003 does not have are refused", async (t) => {
  t.timeout(120_000);
  const devices = path.join(await folder(t), "nodes.json");
  await writeFile(devices, JSON.stringify([{ devEui: otaa.devEui, ...abp }]));
  const gateway = await live(t, ["--devices", devices, "--clock-period", "128"]);
  const commands = [];
  for (let counter = 1; counter <= 10; counter++) {
    t.true(await gateway.push(uplink(counter)));
    commands.push(commandsOf(await gateway.answer())?.length ?? 0);
  }
  t.deepEqual(commands, [2, 2, 2, 2, 2, 2, 2, 2, 0, 0]);
  await gateway.end("SIGINT");
  for (const [option, value, message] of [
    ["--clock-period", "1000", /128, 256, 512/],
    ["--clock-resync", "8", /1 to 7/],
    ["--clock-resync", "0", /1 to 7/],
  ] as const) {
    const run = promisify(execFile)(process.execPath, [
      path.join(loamRoot, "host-tools/bin/loam.js"),
      "gateway",
      option,
      value,
    ]);
    const { stderr, code } = await t.throwsAsync<Error & { stderr: string; code: number }>(run);
    t.is(code, 1);
    t.regex(stderr, message);
  }
});
