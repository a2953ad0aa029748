import Flash from "flash";
import { cmac, encryptBlock } from "loracrypto";
import Resource from "Resource";
import { decodeDataFrame, decodeJoinAccept, encodeDataFrame, isDataFrameFor, type DataFrame } from "lorawan/frames";
import { LoRaWAN, type LinkRadio } from "lorawan/lorawan";
import { Security, readU32 } from "lorawan/security";

/** Under XS with AES and CMAC in C: reads the frames that lora-packet made and answers each with one of its own; then a whole link on a radio that receives nothing. */
const security = new Security({ cmac, encryptBlock });
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Each case: kind, counter (4, little-endian), keys (32), length, frame. */
const cases = new Uint8Array(new Resource("cases"));
for (let at = 0; at < cases.length;) {
  const kind = cases[at]!;
  const counter = readU32(cases, at + 1);
  const nwkSKey = cases.slice(at + 5, at + 21);
  const appSKey = cases.slice(at + 21, at + 37);
  const frame = cases.slice(at + 38, at + 38 + cases[at + 37]!);
  at += 38 + frame.length;
  if (kind === 1) {
    const accept = decodeJoinAccept(security, nwkSKey, frame, counter & 0xffff);
    trace(`${JSON.stringify({ nwkSKey: accept && hex(accept.nwkSKey), appSKey: accept && hex(accept.appSKey) })}\n`);
    continue;
  }
  const devAddr = readU32(frame, 1);
  const heard = isDataFrameFor(frame, devAddr, true)
    ? decodeDataFrame(security, nwkSKey, appSKey, frame, counter)
    : undefined;
  const { options, port, payload } = heard ?? { options: new Uint8Array(0), port: -2, payload: new Uint8Array(0) };
  const answer: DataFrame = { type: 4, devAddr, control: 0x80, counter, options, port, payload };
  trace(
    `${JSON.stringify({ port, options: hex(options), payload: hex(payload), answer: hex(encodeDataFrame(security, nwkSKey, appSKey, answer)) })}\n`,
  );
}

let now = 0;
const radio: LinkRadio = {
  transmit(payload) {
    trace(`${JSON.stringify({ uplink: hex(payload) })}\n`);
    return Promise.resolve((now += 60));
  },
  receive: () => Promise.resolve(undefined),
  airtime: () => 60,
  random: () => 1,
  sleep: () => undefined,
};
const clock = {
  now: () => now,
  until(at: number) {
    now = Math.max(now, at);
    return Promise.resolve();
  },
};
const flash = new Flash("session");
const credentials = {
  devAddr: "26000001",
  nwkSKey: "00112233445566778899aabbccddeeff",
  appSKey: "ffeeddccbbaa99887766554433221100",
};
const link = new LoRaWAN({
  radio,
  clock,
  crypto: { cmac, encryptBlock },
  flash: flash as never,
  region: "EU868",
  credentials,
  dataRate: 5,
});
for (let i = 0; i < 40; i++) {
  const result = await link.send(7, Uint8Array.of(i, i + 1, i + 2));
  if (!result.sent) trace(`${JSON.stringify(result)}\n`);
  now += 600000;
}
