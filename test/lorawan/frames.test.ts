// Slow: each bit of each frame changed
import test from "ava";
import {
  decodeDataFrame,
  decodeJoinAccept,
  encodeDataFrame,
  encodeJoinRequest,
  isDataFrameFor,
  expandFCnt,
  type DataFrame,
} from "../../device/lorawan/frames.js";
import { Security } from "../../device/lorawan/security.js";
import {
  decryptPayload,
  encodeDownlink,
  encodeJoinAccept,
  loraPacket,
  micMatches,
  sessionKeys,
} from "../../host-tools/gateway/packets.js";
import { nodeCrypto } from "./nodecrypto.js";
import { Random } from "../../host-tools/lib/random.js";

/** The independent peer is the npm package lora-packet, with its own AES (crypto-js) and CMAC (aes-cmac). */
const security = new Security(nodeCrypto);

test("RFC 4493: the CMAC implementation that the other tests use", (t) => {
  const key = Buffer.from("2b7e151628aed2a6abf7158809cf4f3c", "hex");
  const message = Buffer.from(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
    "hex",
  );
  const expected: [number, string][] = [
    [0, "bb1d6929e95937287fa37d129b756746"],
    [16, "070a16b46b4d4144f79bdd9dd04a287c"],
    [40, "dfa66747de9ae63030ca32611497c827"],
    [64, "51f0bebf7e3b9d92fc49741779363cfe"],
  ];
  for (const [length, mac] of expected) {
    const out = new Uint8Array(16);
    nodeCrypto.cmac(key, message, length, out);
    t.is(Buffer.from(out).toString("hex"), mac);
  }
});

test("lora-packet reads 20,000 random uplinks", (t) => {
  const random = new Random("up");
  for (let i = 0; i < 20000; i++) {
    const keys = { devAddr: random.bytes(4), nwkSKey: random.bytes(16), appSKey: random.bytes(16) };
    const port = random.pick([-1, 0, 1, random.int(1, 255)]);
    const frame: DataFrame = {
      type: random.pick([2, 4]),
      devAddr: keys.devAddr.readUInt32BE(),
      control: random.int(0, 15) << 4,
      counter: random.int(0, 0xffffffff),
      options: random.bytes(port === 0 ? 0 : random.int(0, 15)),
      port,
      payload: port < 0 ? Buffer.alloc(0) : random.bytes(random.int(0, 222)),
    };
    const packet = loraPacket.fromWire(Buffer.from(encodeDataFrame(security, keys.nwkSKey, keys.appSKey, frame)));
    const where = `frame ${i}`;
    if (!micMatches(packet, keys.nwkSKey, frame.counter)) return t.fail(`${where}: MIC`);
    if (!decryptPayload(packet, keys, frame.counter).equals(frame.payload)) return t.fail(`${where}: payload`);
    if (packet.getFPort() !== (port < 0 ? null : port) || !packet.FOpts!.equals(Buffer.from(frame.options)))
      return t.fail(`${where}: port or options`);
    if (packet.isConfirmed() !== (frame.type === 4) || packet.getFCnt() !== (frame.counter & 0xffff))
      return t.fail(`${where}: type or counter`);
    if (packet.getFCtrlADR() !== (frame.control & 0x80) > 0 || packet.getFCtrlACK() !== (frame.control & 0x20) > 0)
      return t.fail(`${where}: control`);
    if (!packet.DevAddr!.equals(keys.devAddr)) return t.fail(`${where}: DevAddr`);
  }
  t.pass();
});

test("20,000 random downlinks of lora-packet are read, and refused with any bit flipped", (t) => {
  const random = new Random("down");
  for (let i = 0; i < 20000; i++) {
    const keys = { devAddr: random.bytes(4), nwkSKey: random.bytes(16), appSKey: random.bytes(16) };
    const devAddr = keys.devAddr.readUInt32BE();
    const port = random.pick([undefined, 0, 1, random.int(1, 255)]);
    const fields = {
      counter: random.int(0, 0xffffffff),
      confirmed: random.uniform() < 0.5,
      ack: random.uniform() < 0.5,
      pending: random.uniform() < 0.5,
      adr: random.uniform() < 0.5,
      options: random.bytes(port === 0 ? 0 : random.int(0, 15)),
      port,
      payload: port === undefined ? Buffer.alloc(0) : random.bytes(random.int(0, 222)),
    };
    const bytes = encodeDownlink(keys, fields);
    const frame = isDataFrameFor(bytes, devAddr, true)
      ? decodeDataFrame(security, keys.nwkSKey, keys.appSKey, bytes, fields.counter)
      : undefined;
    if (!frame) return t.fail(`frame ${i} is refused`);
    const control = (fields.adr ? 0x80 : 0) | (fields.ack ? 0x20 : 0) | (fields.pending ? 0x10 : 0);
    const same =
      frame.port === (port ?? -1) &&
      frame.control === control &&
      frame.type === (fields.confirmed ? 5 : 3) &&
      fields.payload.equals(frame.payload) &&
      fields.options.equals(frame.options);
    if (!same) return t.fail(`frame ${i} differs`);
    bytes[random.int(0, bytes.length - 1)]! ^= 1 << random.int(0, 7);
    const low = bytes[6]! | (bytes[7]! << 8);
    const counter = fields.counter - (fields.counter % 65536) + low;
    if (isDataFrameFor(bytes, devAddr, true) && decodeDataFrame(security, keys.nwkSKey, keys.appSKey, bytes, counter))
      return t.fail(`frame ${i}: a flipped bit went unseen`);
  }
  t.pass();
});

test("10,000 random join requests and accepts, both ways", (t) => {
  const random = new Random("join");
  for (let i = 0; i < 10000; i++) {
    const appKey = random.bytes(16);
    const joinEui = random.bytes(8);
    const devEui = random.bytes(8);
    const devNonce = random.int(0, 0xffff);
    const request = loraPacket.fromWire(Buffer.from(encodeJoinRequest(security, appKey, joinEui, devEui, devNonce)));
    const heard =
      loraPacket.verifyMIC(request, undefined, appKey) &&
      request.AppEUI!.equals(joinEui) &&
      request.DevEUI!.equals(devEui) &&
      request.DevNonce!.readUInt16BE() === devNonce;
    if (!heard) return t.fail(`join request ${i}`);
    const fields = {
      joinNonce: random.int(0, 0xffffff),
      netId: random.bytes(3),
      devAddr: random.bytes(4),
      rx1Offset: random.int(0, 7),
      rx2DataRate: random.int(0, 15),
      rxDelay: random.int(0, 15),
      channelList: random.uniform() < 0.5 ? random.bytes(16) : undefined,
    };
    const bytes = encodeJoinAccept(appKey, fields);
    const accept = decodeJoinAccept(security, appKey, bytes, devNonce);
    if (!accept) return t.fail(`join accept ${i} is refused`);
    const keys = sessionKeys(appKey, fields.joinNonce, fields.netId, Buffer.from(request.DevNonce!));
    const same =
      accept.joinNonce === fields.joinNonce &&
      accept.netId === fields.netId.readUIntBE(0, 3) &&
      accept.devAddr === fields.devAddr.readUInt32BE() &&
      accept.rx1Offset === fields.rx1Offset &&
      accept.rx2DataRate === fields.rx2DataRate &&
      accept.rxDelay === (fields.rxDelay || 1) &&
      keys.nwkSKey.equals(accept.nwkSKey) &&
      keys.appSKey.equals(accept.appSKey) &&
      (fields.channelList === undefined
        ? accept.channelList === undefined
        : fields.channelList.equals(accept.channelList!));
    if (!same) return t.fail(`join accept ${i} differs`);
    bytes[random.int(1, bytes.length - 1)]! ^= 1 << random.int(0, 7);
    if (decodeJoinAccept(security, appKey, bytes, devNonce))
      return t.fail(`join accept ${i}: a flipped bit went unseen`);
  }
  t.pass();
});

test("expandFCnt: rolls over, never decreases, and ends at 2^32", (t) => {
  const table: [last: number, low: number, whole: number][] = [
    [-1, 0, 0],
    [-1, 65535, 65535],
    [0, 1, 1],
    [65535, 0, 65536],
    [0x1fffe, 0x0003, 0x20003],
    [5, 4, 65540],
    [5, 5, 65541],
    [0xfffffffe, 0xffff, 0xffffffff],
    [0xffffffff, 0, -1],
    [0xffff0005, 4, -1],
  ];
  for (const [last, low, whole] of table) t.is(expandFCnt(last, low), whole, `${last} ${low}`);
});
