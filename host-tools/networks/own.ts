import { randomUUID } from "node:crypto";
import { frameOverhead } from "../../device/lorawan/frames.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import { airtime } from "../air/airtime.js";
import { Memory } from "../cloud/memory.js";
import { Acknowledger, namedBy } from "../gateway/acknowledger.js";
import { ClockServer, shownClock } from "../gateway/clockserver.js";
import { ControlServer } from "../gateway/control.js";
import { Deliveries } from "../gateway/deliveries.js";
import { NetworkServer } from "../gateway/networkserver.js";
import { ForwarderListener } from "../gateway/semtech/listener.js";
import { StateFile, readState } from "../gateway/statefile.js";
import type { DeviceRegistration, ServerStatistics, Uplink } from "../gateway/types.js";
import type { DeliveryState } from "../script/delivery.js";
import type { Network, SendOptions, UplinkHandler } from "./network.js";

/** Gateways deliver their copies of an uplink over the network within this many ms. */
const collectMs = 200;
/** For the answer to be in RX1, 1 s after the uplink: ms that it may take, with what a gateway needs left. */
const answerMs = 400;

export interface OwnOptions {
  region: RegionName;
  registrations: readonly DeviceRegistration[];
  /** US915 and AU915: the gateways' sub-band, 1..8; undefined: all. */
  subBand?: number | undefined;
  /** Of the UDP port for gateways; TCP for `loam script send` has the same number. 0: any free one. */
  host: string;
  port: number;
  /** File of sessions, counters and what is on its way; undefined: they end with the process. */
  state?: string | undefined;
  /** See `ClockServer`. */
  clockPeriod?: number | undefined;
  clockResync?: number | undefined;
  onEvent(event: Record<string, unknown>): void;
}

/** Our own network server, for gateways with the Semtech packet forwarder. */
export class OwnNetwork implements Network {
  readonly failed: Promise<never>;
  /** Payloads received, to recognize repeated ones, and to name them to nodes. */
  readonly memory = new Memory();
  readonly #options: OwnOptions;
  readonly #server: NetworkServer;
  readonly #deliveries: Deliveries;
  readonly #clocks: ClockServer;
  readonly #acknowledger: Acknowledger;
  readonly #listener: ForwarderListener;
  readonly #control: ControlServer;
  readonly #stateFile: StateFile | undefined;
  #handler: UplinkHandler = () => Promise.resolve({ answered: Promise.resolve() });

  /** @throws UserError for registrations that are wrong */
  constructor(options: OwnOptions) {
    const { region, registrations, state: file, onEvent } = options;
    this.#options = options;
    let fail!: (error: unknown) => void;
    this.failed = new Promise<never>((_, reject) => (fail = reject));
    // Whoever waits for it hears of it.
    this.failed.catch(() => undefined);
    this.#stateFile = file
      ? new StateFile(file, () => ({
          region,
          network: this.#server.save(),
          payloads: this.memory.save(),
          packages: this.#deliveries.save(),
          clocks: this.#clocks.save(),
        }))
      : undefined;
    const stateFile = this.#stateFile;
    this.#server = new NetworkServer({
      region,
      subBand: options.subBand,
      // Nothing is acknowledged before the state is on disk: without an acknowledgement the node repeats the uplink.
      persist:
        stateFile &&
        (() => stateFile.save().catch((error: unknown) => (fail(error), new Promise<never>(() => undefined)))),
      collect: (run) => setTimeout(() => void run(), collectMs),
      onJoin: (devEui, devNonce) => onEvent({ event: "join", devEui, devNonce }),
      beforeAnswer: (uplink) => {
        this.#clocks.fill(uplink);
        this.#deliveries.fill(uplink);
        this.#acknowledger.fill(uplink);
      },
      onUplink: (uplink) => {
        this.#deliveries.receive(uplink);
        this.#clocks.receive(uplink);
        return this.#receive(uplink);
      },
    });
    this.#acknowledger = new Acknowledger(this.#server, this.memory, (devEui, received) =>
      onEvent({ event: "acknowledgement", devEui, received: namedBy(received) }),
    );
    this.#deliveries = new Deliveries({
      server: this.#server,
      region,
      registrations,
      now: () => Math.round(Date.now() / 1000),
      onChange: ({ devEui, delivery }) => onEvent({ event: "package", devEui, ...shown(delivery!) }),
    });
    this.#clocks = new ClockServer({
      server: this.#server,
      registrations,
      period: options.clockPeriod,
      resync: options.clockResync,
      onEvent: (event) => onEvent({ event: "clock", ...shownClock(event) }),
    });
    for (const registration of registrations) this.#server.addDevice(registration);
    this.#listener = new ForwarderListener(this.#server, { onEvent });
    this.#control = new ControlServer(this.#deliveries, () => stateFile?.save() ?? Promise.resolve());
  }

  get statistics(): Readonly<ServerStatistics> {
    return this.#server.statistics;
  }

  onUplink(handler: UplinkHandler): void {
    this.#handler = handler;
  }

  async start(): Promise<void> {
    const { region, registrations, host, port: wanted, state: file, onEvent } = this.#options;
    const state = file ? await readState(file, region) : undefined;
    if (state) {
      this.#server.restore(state.network);
      this.memory.restore(state.payloads);
      this.#deliveries.restore(state.packages ?? []);
      this.#clocks.restore(state.clocks ?? []);
    }
    const port = await this.#listener.listen(wanted, host);
    await this.#control.listen(port);
    onEvent({
      event: "listening",
      host,
      port,
      region,
      nodes: registrations.length,
      ...(state && { restored: state.network.devices.length }),
    });
  }

  /** One that waits already, for example since before a restart, is not queued twice. */
  async send(devEui: string, port: number, payload: Uint8Array, { confirmed }: SendOptions = {}): Promise<void> {
    if (this.#server.isQueued(devEui, port, payload)) return;
    void this.#server.sendDownlink(devEui, port, payload, confirmed);
    await this.#stateFile?.save();
  }

  close(): Promise<void> {
    this.#listener.close();
    this.#control.close();
    return Promise.resolve();
  }

  async #receive(uplink: Uplink): Promise<void> {
    const { devEui, port, payload, counter, dataRate, frequency, receptions } = uplink;
    const late = new Promise<void>((resolve) => setTimeout(resolve, answerMs).unref());
    const [sf, kilohertz] = regions[this.#options.region].dataRates[dataRate]!;
    const { answered } = await this.#handler({
      // The server hands over each frame once.
      frame: randomUUID(),
      received: Date.now() / 1000,
      airtime: airtime({ sf, bandwidth: kilohertz * 1000 }, frameOverhead + payload.length) / 1000,
      ...{ devEui, port, payload, counter, dataRate, frequency, receptions },
    });
    this.#acknowledger.receive(uplink);
    // What comes later is sent with the node's next uplink.
    await Promise.race([answered, late]);
  }
}

/** Without the package itself. */
function shown({ name, sequence, phase, reason, sent, size }: DeliveryState): Record<string, unknown> {
  return { name, sequence, phase, ...(reason !== undefined && { reason }), fragments: sent, size };
}
