/** Under XS: a node without sensors. Radio driver, link, outbox and sender are the field's; verdicts come out of a seeded generator. */
import { decodeDecision, decodeReceived, encodeDeferral, encodeReport, ports } from "codec/codec";
import { importance, type Importance } from "codec/importance";
import { UplinkSender } from "uplinksender";
import Flash from "flash";
import Host from "host";
import { LoraRadio } from "lorawan/radio";
import { LoRaWAN } from "lorawan/lorawan";
import { cmac, encryptBlock } from "loracrypto";
import { Outbox } from "outbox/outbox";
import { resetExit, type NodeLife } from "./life.js";

const life = JSON.parse(Host.args[0]!) as NodeLife;
const say = (event: Record<string, unknown>) => trace(JSON.stringify(event), "\n");

const radio = await LoraRadio.open({ chip: life.chip, rfSwitch: "dio2" });
const flash = (name: string) => new Flash(name) as never;
const link = new LoRaWAN({
  radio,
  clock: radio,
  crypto: { cmac, encryptBlock },
  flash: flash("session"),
  region: life.region,
  credentials: life.credentials,
  silenceLimit: life.silenceLimit,
  clockErrorPpm: life.clockErrorPpm,
  onRadioError: (error) => say({ trouble: String(error) }),
  ...(life.dataRate !== undefined && { adr: false, dataRate: life.dataRate }),
  onDownlink(port, payload) {
    if (port === ports.acknowledgement) sender.received(decodeReceived(payload), true);
    if (port === ports.decision)
      sender.received({ first: decodeDecision(payload).sequence, map: Uint8Array.of(1) }, false);
  },
});
const outbox = new Outbox(flash("outbox"), life.outboxBytes);
const sender: UplinkSender = new UplinkSender({
  outbox,
  link,
  clock: radio,
  journal: () => undefined,
  onRadioError: (error) => say({ trouble: String(error) }),
});

/** Occasionally an unsure window, or a changed verdict, which must arrive; mostly unchanged reports. */
function make(): void {
  const sequence = outbox.nextSequence;
  const time = Math.floor(Date.now() / 1000);
  const draw = Math.floor(Math.random() * 100);
  const label = Math.floor(Math.random() * 6);
  const [port, level, payload]: [number, Importance, Uint8Array] =
    draw < 5
      ? [
          ports.deferral,
          importance.deferral,
          encodeDeferral({ sequence, time, label, confidence: 0.5, embedding: new Int8Array(24).fill(draw) }, 51),
        ]
      : [
          ports.report,
          draw < 35 ? importance.changedReport : importance.unchangedReport,
          encodeReport({ sequence, time, label, confidence: 0.9, actions: 0, count: 1 }),
        ];
  const kept = outbox.put(port, level, payload);
  say({ made: sequence, port, confirmed: level > 0, kept, waiting: outbox.count, dropped: outbox.takeDropped() });
  sender.kick();
}

sender.kick();
const started = Date.now();
for (;;) {
  // Windows have a period with 10 % jitter: nodes are not synchronized.
  const pause = life.everySeconds * (0.9 + Math.random() * 0.2) * 1000;
  const left = life.makeUntil - Date.now();
  await radio.until(radio.now() + (left > 0 ? pause : 60000));
  if (life.resetAfter > 0 && Date.now() - started > life.resetAfter) Host.exit(resetExit);
  if (Date.now() < life.makeUntil) make();
  else if (outbox.count === 0 || Date.now() > life.endAt) break;
}
say({ left: outbox.count });
Host.exit(0);
