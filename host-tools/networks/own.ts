import { randomUUID } from "node:crypto";
import { frameOverhead } from "../../device/lorawan/frames.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import { airtime } from "../air/airtime.js";
import { Memory, type StoredPayload } from "../cloud/memory.js";
import { Acknowledger, namedBy } from "../gateway/acknowledger.js";
import { ClockServer, shownClock } from "../gateway/clockserver.js";
import { ControlServer } from "../gateway/control.js";
import { Deliveries } from "../gateway/deliveries.js";
import { whyElsewhere } from "../gateway/joins.js";
import { KnownGateways } from "../gateway/knowngateways.js";
import { NetworkServer } from "../gateway/networkserver.js";
import { Refusals } from "../gateway/refusals.js";
import type { NetworkSettings } from "../gateway/settings.js";
import { ForwarderListener } from "../gateway/semtech/listener.js";
import { StationListener } from "../gateway/station/listener.js";
import { readUserFile } from "../lib/files.js";
import { watchDevices } from "../gateway/devices.js";
import { Registrations } from "../gateway/registrations.js";
import { StateFile } from "../gateway/statefile.js";
import type { DeviceRegistration, ServerStatistics, Uplink } from "../gateway/types.js";
import { UserError } from "../lib/errors.js";
import type { DeliveryState } from "../script/delivery.js";
import type { Network, SendOptions, UplinkHandler } from "./network.js";

/** Gateways deliver their copies of an uplink over the network within this many ms. */
const collectMs = 200;
/** For the answer to be in RX1, 1 s after the uplink: ms that it may take, with what a gateway needs left. */
const answerMs = 400;

/** For gateways with LoRa Basics Station. */
export interface StationOptions {
  /** TCP; 0: any free one. */
  port: number;
  /** Files, PEM; without them there is no TLS. */
  cert?: string | undefined;
  key?: string | undefined;
  /** What stations must present; default: nothing. */
  token?: string | undefined;
}

export interface OwnOptions {
  region: RegionName;
  registrations: readonly DeviceRegistration[];
  /** The file that they are from: when it changes, nodes are added and removed. */
  devices?: string | undefined;
  settings?: NetworkSettings;
  /** EUIs of the gateways that are heard; default: all. */
  gateways?: readonly string[] | undefined;
  /** Nodes were added while it runs. */
  onNodes?(devEuis: readonly string[]): void;
  /** Of the UDP port for gateways; TCP for `loam script send` has the same number. 0: any free one. */
  host: string;
  port: number;
  station?: StationOptions | undefined;
  /** File of sessions, counters and what is on its way; undefined: they end with the process. */
  state?: string | undefined;
  /** See `ClockServer`. */
  clockPeriod?: number | undefined;
  clockResync?: number | undefined;
  onEvent(event: Record<string, unknown>): void;
}

/** Our own network server, for gateways with the Semtech packet forwarder or LoRa Basics Station. */
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
  readonly #known: KnownGateways;
  readonly #gateways: ReadonlySet<string> | undefined;
  #stations: StationListener | undefined;
  readonly #control: ControlServer;
  readonly #registrations: Registrations;
  #state: StateFile | undefined;
  #endWatch = (): void => undefined;
  #handler: UplinkHandler = () => Promise.resolve({ answered: Promise.resolve() });

  /** @throws UserError for registrations that are wrong */
  constructor(options: OwnOptions) {
    const { region, registrations, onEvent, settings, gateways } = options;
    this.#options = options;
    let fail!: (error: unknown) => void;
    this.failed = new Promise<never>((_, reject) => (fail = reject));
    // Whoever waits for it hears of it.
    this.failed.catch(() => undefined);
    const elsewhere = new Refusals(({ gateway: devEui, error, count }) =>
      onEvent({ event: "join not answered", devEui, error, count }),
    );
    this.#server = new NetworkServer({
      ...settings,
      region,
      // Nothing is acknowledged before the state is on disk: without an acknowledgement the node repeats the uplink.
      persist: () => this.#state?.save().catch((error: unknown) => (fail(error), new Promise<never>(() => undefined))),
      collect: (run) => setTimeout(() => void run(), collectMs),
      onJoin: (devEui, devNonce) => onEvent({ event: "join", devEui, devNonce }),
      onJoinElsewhere: (devEui, frequency) =>
        elsewhere.add(devEui, whyElsewhere(region, frequency, settings?.channelPlan)),
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
      now: () => Math.round(Date.now() / 1000),
      onChange: ({ devEui, delivery }) => onEvent({ event: "package", devEui, ...shown(delivery!) }),
    });
    this.#clocks = new ClockServer({
      server: this.#server,
      period: options.clockPeriod,
      resync: options.clockResync,
      onEvent: (event) => onEvent({ event: "clock", ...shownClock(event) }),
    });
    const parts = { server: this.#server, deliveries: this.#deliveries, clocks: this.#clocks };
    this.#registrations = new Registrations(parts, registrations);
    this.#gateways = gateways && new Set(gateways.map((eui) => eui.toLowerCase()));
    this.#known = new KnownGateways(this.#server, onEvent);
    this.#listener = new ForwarderListener(this.#server, { onEvent, gateways: this.#gateways, known: this.#known });
    this.#control = new ControlServer(this.#deliveries, () => this.#save());
  }

  get statistics(): Readonly<ServerStatistics> {
    return this.#server.statistics;
  }

  onUplink(handler: UplinkHandler): void {
    this.#handler = handler;
  }

  async start(): Promise<void> {
    const { region, devices, host, port: wanted, state: file, station, onEvent } = this.#options;
    if (station) this.#stations = await this.#openStations(station);
    const restored = file === undefined ? undefined : await this.#restore(file);
    const port = await this.#listener.listen(wanted, host);
    await this.#control.listen(port);
    const stationPort = station && (await this.#stations!.listen(station.port, host));
    if (devices !== undefined) this.#watch(devices);
    onEvent({
      event: "listening",
      host,
      port,
      ...(stationPort !== undefined && { stationPort }),
      region,
      nodes: this.#registrations.count,
      ...(restored && { restored }),
    });
  }

  /** @throws UserError for a certificate without its key, or files that are none */
  async #openStations({ cert, key, token }: StationOptions): Promise<StationListener> {
    const { region, settings = {}, onEvent } = this.#options;
    if ((cert === undefined) !== (key === undefined))
      throw new UserError(
        `stations: a ${cert === undefined ? "key without its certificate" : "certificate without its key"}`,
      );
    const tls = cert !== undefined &&
      key !== undefined && {
        cert: await readUserFile(cert, "the certificate for stations"),
        key: await readUserFile(key, "the key for stations"),
      };
    const own = { known: this.#known, gateways: this.#gateways, tls: tls || undefined, token };
    return new StationListener(this.#server, { region, settings, onEvent, ...own });
  }

  /** @returns of how many nodes */
  async #restore(file: string): Promise<number> {
    const state = await StateFile.open(file, this.#options.region);
    this.#state = state;
    this.memory.restore(state.entries("payload").map(([, payload]) => payload as StoredPayload));
    for (const part of [this.#server, this.memory, this.#deliveries, this.#clocks])
      state.addSource(() => part.takeChanges());
    return this.#registrations.restore(state);
  }

  #watch(file: string): void {
    const { onEvent } = this.#options;
    this.#endWatch = watchDevices(
      file,
      async (registrations) => {
        // A node that is left out comes back with all that is known now.
        await this.#save();
        const change = this.#registrations.change(registrations, this.#state);
        if (change.added.length > 0) this.#options.onNodes?.(change.added);
        if (Object.values(change).flat().length > 0)
          onEvent({ event: "nodes", ...change, nodes: this.#registrations.count });
      },
      (error) => onEvent({ event: "nodes refused", error: error.message }),
    );
  }

  async #save(): Promise<void> {
    await this.#state?.save();
  }

  /** One that waits already, for example since before a restart, is not queued twice. */
  async send(devEui: string, port: number, payload: Uint8Array, { confirmed }: SendOptions = {}): Promise<void> {
    if (this.#server.isQueued(devEui, port, payload)) return;
    void this.#server.sendDownlink(devEui, port, payload, confirmed);
    await this.#save();
  }

  async close(): Promise<void> {
    this.#endWatch();
    this.#listener.close();
    this.#stations?.close();
    this.#control.close();
    const state = this.#state;
    this.#state = undefined;
    // What failed before was said before.
    await state?.save().catch(() => undefined);
    state?.close();
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
