import {
  encodeReport,
  decodeReceived,
  decodeDecision,
  importance,
  ports,
  type Importance,
} from "../../device/codec/codec.js";
import { FieldReader, FieldWriter } from "../../device/flash/fields.js";
import type { LoRaWAN } from "../../device/lorawan/lorawan.js";
import { AckRequests } from "../../device/outbox/ackrequests.js";
import { Outbox } from "../../device/outbox/outbox.js";
import { UplinkSender } from "../../device/uplinksender.js";
import { Memory } from "../../host-tools/cloud/memory.js";
import { Acknowledger } from "../../host-tools/gateway/acknowledger.js";
import { decodeUplink } from "../../device/codec/codec.js";
import { NorFlash } from "../flash/norflash.js";
import { World, otaa, type WorldOptions } from "../lorawan/simulation.js";

/** ms between two windows. */
export const everyMs = 900_000;

/** A node of windows without sensors, its network, and a cloud: link, outbox and sender are the field's, time is simulated. */
export class UpNode {
  readonly world: World;
  /** How often each sequence number has reached the network. */
  readonly got = new Map<number, number>();
  readonly memory = new Memory();
  readonly flash = new NorFlash(4);
  readonly #sessionFlash = new NorFlash(4);
  #link!: LoRaWAN;
  #boots = 0;
  #sender!: UplinkSender;
  #acks!: AckRequests;
  outbox!: Outbox;
  /** FCnt of the last uplink at the network. */
  counter = -1;
  made = 0;
  dropped = 0;
  acknowledged = 0;
  /** Timers that wait for the sender, and the most of them at one time. */
  waits = 0;
  mostWaits = 0;
  /** Whether the cloud names what it has. */
  names: boolean;

  private constructor(names: boolean, options: WorldOptions) {
    this.names = names;
    this.world = new World("EU868", {
      ...options,
      onUplink: (uplink) => {
        const { sequence } = decodeUplink(uplink.port, uplink.payload);
        this.counter = uplink.counter;
        this.got.set(sequence, (this.got.get(sequence) ?? 0) + 1);
        if (this.names) acknowledger.receive(uplink);
      },
      beforeAnswer: (uplink) => acknowledger.fill(uplink),
    });
    const acknowledger = new Acknowledger(this.world.server, this.memory);
    this.world.server.addDevice(otaa);
    this.#open();
    this.boot();
  }

  #open(): void {
    this.#link = this.world.node({
      region: "EU868",
      credentials: otaa,
      flash: this.#sessionFlash,
      onDownlink: (port, payload) => {
        if (port === ports.acknowledgement) this.#sender.received(decodeReceived(payload), true);
        if (port === ports.decision)
          this.#sender.received({ first: decodeDecision(payload).sequence, map: Uint8Array.of(1) }, false);
      },
    }).link;
  }

  /** As `boot`, with a link that has what flash has of its session. Between uplinks. */
  restart(memory?: { outbox: Uint8Array; sender: Uint8Array; acks: Uint8Array }): void {
    this.#link.close();
    this.#open();
    this.boot(memory);
    this.kick();
  }

  static async join(names: boolean, options: WorldOptions = {}): Promise<UpNode> {
    const node = new UpNode(names, options);
    await node.world.time.during(node.#link.join());
    return node;
  }

  /** The program begins: after a power cut, or with what RTC memory has of the one before. */
  boot(memory?: { outbox: Uint8Array; sender: Uint8Array; acks: Uint8Array }): void {
    const { time } = this.world;
    const boot = ++this.#boots;
    this.outbox = new Outbox(this.flash, this.flash.byteLength);
    this.#sender = new UplinkSender({
      outbox: this.outbox,
      link: this.#link,
      acks: (this.#acks = new AckRequests()),
      // Of a program that has ended nothing goes on.
      clock: {
        now: () => time.now,
        until: (at) =>
          new Promise((resolve) => {
            this.mostWaits = Math.max(this.mostWaits, ++this.waits);
            time.at(at, () => {
              this.waits--;
              if (boot === this.#boots) resolve();
            });
          }),
      },
      journal: () => undefined,
      onSent: (isAcknowledged) => void (this.acknowledged += isAcknowledged ? 1 : 0),
      onRadioError: (error) => {
        throw error;
      },
    });
    if (!memory) return;
    this.outbox.layout(new FieldReader(memory.outbox));
    this.#sender.layout(new FieldReader(memory.sender));
    this.#acks.layout(new FieldReader(memory.acks));
  }

  /** As RTC memory. */
  retained(): { outbox: Uint8Array; sender: Uint8Array; acks: Uint8Array } {
    const [outbox, sender, acks] = [new FieldWriter(), new FieldWriter(), new FieldWriter()];
    this.outbox.layout(outbox);
    this.#sender.layout(sender);
    this.#acks.layout(acks);
    return { outbox: outbox.result(), sender: sender.result(), acks: acks.result() };
  }

  kick(): void {
    this.#sender.kick();
  }

  /** Windows for `ms`, each with a report. @param level the importance of the n-th */
  async pass(ms: number, level: (n: number) => Importance): Promise<void> {
    const { time } = this.world;
    for (const end = time.now + ms; time.now < end; this.made++) {
      const weight = level(this.made);
      this.put(weight);
      await time.pass(everyMs);
    }
  }

  put(weight: Importance): number {
    const sequence = this.outbox.nextSequence;
    const report = {
      sequence,
      time: 1.7e9 + this.made * 900,
      label: this.made % 6,
      confidence: 0.9,
      actions: 0,
      count: 1,
    };
    this.outbox.put(ports.report, weight, encodeReport(report));
    this.dropped += this.outbox.takeDropped();
    this.kick();
    return sequence;
  }

  /** Confirmed uplinks, retransmissions included. */
  get confirmed(): number {
    return this.world.uplinksOnAir.filter(({ payload }) => payload[0]! >> 5 === 4).length;
  }
}

/** Every n-th verdict is a changed one. */
export const changedEvery =
  (n: number) =>
  (made: number): Importance =>
    made % n === 0 ? importance.changedReport : importance.unchangedReport;
