import test from "ava";
import { MacCommands, type CommandContext } from "../../device/lorawan/commands.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import { Security } from "../../device/lorawan/security.js";
import { FieldWriter } from "../../device/flash/fields.js";
import { Session } from "../../device/lorawan/session.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { encodeDownlink } from "../../host-tools/gateway/packets.js";
import { nodeCrypto } from "./nodecrypto.js";
import { Random } from "../../host-tools/lib/random.js";
import { NorFlash } from "../flash/norflash.js";
import { World, abp, otaa } from "./simulation.js";

const rx1 = { spreadingFactor: 7, bandwidth: 125000 };
const keys = {
  devAddr: Buffer.from(abp.devAddr, "hex"),
  nwkSKey: Buffer.from(abp.nwkSKey, "hex"),
  appSKey: Buffer.from(abp.appSKey, "hex"),
};

/** An ABP node on EU868 that receives what `forge` returns, in RX1 of each of its uplinks. */
async function attacked(
  rounds: number,
  forge: (round: number) => Uint8Array,
): Promise<{ heard: string[]; flash: NorFlash; accepted: number; before: Uint8Array }> {
  const world = new World("EU868");
  const flash = new NorFlash();
  const heard: string[] = [];
  const { link, events } = world.node({
    region: "EU868",
    credentials: abp,
    flash,
    dataRate: 5,
    adr: false,
    onDownlink: (port, payload) => heard.push(`${port} ${Buffer.from(payload).toString("hex")}`),
  });
  let before = flash.bytes.slice();
  for (let round = 0; round < rounds; round++) {
    const sent = link.send(1, Buffer.alloc(1));
    const packet = forge(round);
    await world.time.during(new Promise<void>((resolve) => world.time.at(world.time.now + 40, resolve)));
    const modulation = { ...rx1, frequency: 0 };
    for (const frequency of [868100000, 868300000, 868500000]) {
      modulation.frequency = frequency;
      const uplinkEnd = world.time.now + 6.336;
      world.inject(packet, { ...modulation }, uplinkEnd + 1000);
    }
    await world.time.during(sent);
    if (round === 0) before = flash.bytes.slice();
    await world.time.pass(20000);
  }
  return { heard, flash, accepted: events.filter((event) => event.kind === "downlink").length, before };
}

const genuine = (counter: number) =>
  encodeDownlink(keys, {
    counter,
    confirmed: false,
    ack: false,
    pending: false,
    adr: false,
    options: Buffer.alloc(0),
    port: 9,
    payload: Buffer.from([counter & 0xff]),
  });

test("a genuine downlink gets through on the path that the attacks use", async (t) => {
  const { heard } = await attacked(3, genuine);
  t.deepEqual(heard, ["9 00", "9 01", "9 02"]);
});

test("a replayed downlink is refused, also one of an older counter", async (t) => {
  const order = [5, 5, 4, 0, 5, 6, 6, 5];
  const { heard } = await attacked(order.length, (round) => genuine(order[round]!));
  t.deepEqual(heard, ["9 05", "9 06"]);
});

/** A downlink with any bytes after DevAddr and FCtrl, and the right MIC. */
function signed(counter: number, control: number, rest: Buffer, header = 0x60): Uint8Array {
  const head = Buffer.alloc(8);
  head[0] = header;
  head.writeUInt32LE(parseInt(abp.devAddr, 16), 1);
  head[5] = control;
  head.writeUInt16LE(counter, 6);
  const bytes = Buffer.concat([head, rest, Buffer.alloc(4)]);
  bytes.writeUInt32LE(
    new Security(nodeCrypto).dataMic(keys.nwkSKey, true, parseInt(abp.devAddr, 16), counter, bytes, bytes.length - 4),
    bytes.length - 4,
  );
  return bytes;
}

test("authentic but invalid: FOpts beside port 0, FOpts longer than the frame, another major version, an uplink; none advances the counter", async (t) => {
  const devStatus = 0x06;
  const wrong = [
    signed(5, 1, Buffer.of(devStatus, 0, devStatus)),
    signed(5, 1, Buffer.of(devStatus, 0)),
    signed(5, 15, Buffer.of(devStatus, devStatus)),
    signed(5, 0, Buffer.of(9, 1), 0x61),
    signed(5, 0, Buffer.of(9, 1), 0x40),
  ];
  const linkCheckAnswer = [0x02, 10, 1];
  const { heard, accepted } = await attacked(
    wrong.length + 2,
    (round) =>
      wrong[round] ?? (round === wrong.length ? signed(0, 3, Buffer.of(...linkCheckAnswer, 9, 0x55)) : genuine(1)),
  );
  t.is(accepted, 2);
  t.is(heard.length, 2);
  t.is(heard[1], "9 01");
});

test("a downlink's counter is stored before the downlink is acted upon: after a power cut in between it is not accepted again", async (t) => {
  const world = new World("EU868");
  const flash = new NorFlash();
  const heard: number[] = [];
  let cut: NorFlash | undefined;
  const life = async (flash: NorFlash, onDownlink: () => void) => {
    const { link } = world.node(
      { region: "EU868", credentials: abp, flash, dataRate: 5, adr: false, onDownlink },
      0,
      world.time.now,
    );
    const sent = link.send(1, Buffer.alloc(1));
    await world.time.during(new Promise<void>((resolve) => world.time.at(world.time.now + 40, resolve)));
    for (const frequency of [868100000, 868300000, 868500000])
      world.inject(genuine(7), { ...rx1, frequency }, world.time.now + 6.336 + 1000);
    await world.time.during(sent);
    link.close();
  };
  await life(flash, () => {
    heard.push(1);
    cut = new NorFlash();
    cut.bytes.set(flash.bytes);
  });
  t.deepEqual(heard, [1]);
  await world.time.pass(600000);
  await life(cut!, () => heard.push(2));
  t.deepEqual(heard, [1], "the same frame again");
});

test("3,000 malformed downlinks: nothing crashes, nothing is accepted, no counter advances", async (t) => {
  const random = new Random("malformed");
  const { heard, accepted } = await attacked(3001, (round) => {
    if (round === 3000) return genuine(0);
    const bytes = genuine(random.int(0, 100));
    switch (random.int(0, 4)) {
      case 0:
        return random.bytes(random.int(0, 255));
      case 1:
        return bytes.subarray(0, random.int(0, bytes.length - 1));
      case 2:
        return Buffer.concat([bytes, random.bytes(random.int(1, 20))]);
      case 3:
        // Options said to be longer than the frame.
        bytes[5] = bytes[5]! | 0x0f;
        return bytes;
      default:
        bytes[random.int(0, bytes.length - 1)]! ^= 1 << random.int(0, 7);
        return bytes;
    }
  });
  // Counter 0 is still unused.
  t.is(accepted, 1);
  t.deepEqual(heard, ["9 00"]);
});

test("a replayed join accept does not start a session", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  let recorded: Uint8Array | undefined;
  world.tamper = (payload) => (recorded ??= Uint8Array.from(payload));
  const flash = new NorFlash();
  const first = world.node({ region: "EU868", credentials: otaa, flash, silenceLimit: 1 });
  await world.time.during(first.link.join());
  // From here on every join request is answered by the recorded accept.
  world.tamper = () => recorded;
  await world.time.during(first.link.send(1, Buffer.alloc(1)));
  const count = (what: string): number => first.events.filter(({ kind }) => kind === what).length;
  /** Join requests by the back-off, until one is accepted. */
  const rejoin = async (hours: number): Promise<void> => {
    for (const end = world.time.now + hours * 3_600_000; world.time.now < end;) {
      if (first.link.wantsRejoin) await world.time.during(first.link.rejoin());
      await world.time.pass(60_000);
    }
  };
  await rejoin(6);
  t.true(count("join") > 3);
  // The server has accepted each; the node heard none but the first.
  t.is(world.server.statistics.joins, count("join"));
  t.is(count("downlink"), 1);
  // The genuine one is accepted.
  world.tamper = undefined;
  await rejoin(24);
  t.is(count("downlink"), 2);
  t.false(first.link.wantsRejoin);
});

const context: CommandContext = {
  snr: 0,
  adr: true,
  battery: () => 255,
  onTime: () => undefined,
  onLinkCheck: () => undefined,
};

test("more MAC answers than fit: the first ones are whole, the rest is left out, nothing overflows", (t) => {
  const strings: [request: string, count: number, answer: string, kept: number][] = [
    ["06", 242, "06ff00", 64],
    ["0801", 121, "08", 48],
    ["0a00d2ad84", 48, "0a03", 24],
    ["0703184f8450", 40, "0703", 40],
    ["0350070001", 48, "0307", 48],
  ];
  for (const [request, count, answer, kept] of strings) {
    const session = new Session(regions.EU868);
    session.resetLink(regions.EU868, 0);
    const commands = new MacCommands(session);
    // Twice: there is no space left for the second.
    for (let i = 0; i < 2; i++) t.notThrows(() => commands.apply(Buffer.from(request.repeat(count), "hex"), context));
    const all = Buffer.from(commands.take(1000)).toString("hex");
    t.is(all.slice(0, kept * answer.length), answer.repeat(kept), request);
    t.true(all.length / 2 <= 240);
  }
});

test("after 200,000 random MAC command strings every region has valid channels and parameters", (t) => {
  for (const name of Object.keys(regions) as RegionName[]) {
    const random = new Random(name);
    const region = regions[name];
    const session = new Session(region);
    session.resetLink(region, 0);
    session.dataRate = region.joinDataRates[0]!;
    const commands = new MacCommands(session);
    for (let i = 0; i < 22000; i++) {
      const bytes = random.bytes(random.int(0, 20));
      if (bytes.length > 0) bytes[0] = random.pick([2, 3, 3, 4, 5, 6, 7, 7, 8, 9, 10, 13, random.int(0, 255)]);
      // Frequencies in the band, or 0, so that channels come and go.
      if ([5, 7, 10].includes(bytes[0]!) && bytes.length > 5) {
        if (bytes[0] !== 5) bytes[1] = random.int(0, 16);
        const frequency = random.uniform() < 0.3 ? 0 : random.int(region.range[0], region.range[1]);
        bytes.writeUIntLE(Math.floor(frequency / 100), 2, 3);
      }
      if (i % 50 === 0) session.channels.applyList(Buffer.concat([random.bytes(15), Buffer.of(random.int(0, 2))]));
      if (i % 50 === 0) session.repair();
      commands.apply(bytes, context);
      const answers = commands.take(15);
      if (i % 3 === 0) commands.acknowledged();
      if (answers.length > 15) return t.fail(`${name}: ${answers.length} bytes of answers`);
      if (!session.channels.supports(session.dataRate))
        return t.fail(`${name}, ${bytes.toString("hex")}: no channel carries data rate ${session.dataRate}`);
      if (!region.dataRates[session.rx2DataRate]) return t.fail(`${name}: RX2 at data rate ${session.rx2DataRate}`);
      if (
        session.powerIndex > region.maxTxPower ||
        session.nbTrans < 1 ||
        session.nbTrans > 15 ||
        session.rxDelay < 1 ||
        session.rxDelay > 15
      )
        return t.fail(name);
      for (let channel = 0; channel < session.channels.count; channel++) {
        if (session.channels.isOn(channel) && !session.channels.inRange(session.channels.uplinkFrequency(channel)))
          return t.fail(`${name}: channel ${channel} out of the band`);
      }
    }
    const writer = new FieldWriter();
    session.layoutFull(writer);
    t.true(writer.result().length < 400);
  }
});
