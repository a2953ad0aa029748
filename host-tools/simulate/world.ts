import { registrationOf } from "../node/registration.js";
import type { NodeConfig } from "../../device/config.js";
import { Air } from "../air/index.js";
import { Cloud, type NodeNetwork } from "../cloud/cloud.js";
import { Memory } from "../cloud/memory.js";
import { attachGateway, collectInAir } from "../gateway/airgateway.js";
import { Acknowledger } from "../gateway/acknowledger.js";
import { Deliveries } from "../gateway/deliveries.js";
import { NetworkServer } from "../gateway/networkserver.js";
import type { Uplink } from "../gateway/types.js";
import type { SimulationEvent } from "./events.js";
import type { SimulationState } from "./state.js";

const microseconds = 1e6;

/** The cloud's memory of an earlier run. Events are on disk before anything is answered, so the memory can be rebuilt from them. */
function deliveredBefore(devEui: string, events: readonly SimulationEvent[]): Memory {
  const memory = new Memory();
  events.forEach((event, i) => {
    if (event.event !== "uplink" || memory.find(devEui, event.payload)?.sequence === event.payload.sequence) return;
    const { kind, sequence } = event.payload;
    const answer =
      kind === "deferral"
        ? events.slice(i + 1).find((later) => later.event === "downlink" && later.sequence === sequence)
        : undefined;
    memory.remember(
      devEui,
      event.payload,
      answer?.event === "downlink" ? { label: answer.label, confidence: answer.confidence } : undefined,
    );
  });
  return memory;
}

/** Air, gateway, network server and cloud. */
export class World {
  readonly air: Air;
  readonly #server: NetworkServer;
  readonly #cloud: Cloud;
  readonly #config: NodeConfig;
  readonly #from: number;
  readonly #onEvent: (event: SimulationEvent) => void;
  readonly #downlinks: { at: number; port: number; payload: Uint8Array }[];
  readonly #packages: { at: number; bytes: Uint8Array }[];
  readonly #deliveries: Deliveries;
  readonly #acknowledger: Acknowledger;
  #current: Uplink | undefined;

  constructor(
    config: NodeConfig,
    from: number,
    options: {
      networks: (model: number) => NodeNetwork | undefined;
      distance: number;
      downlinks: readonly { at: number; port: number; payload: Uint8Array }[];
      packages: readonly { at: number; bytes: Uint8Array }[];
      loss: number;
      state: SimulationState | undefined;
      onEvent: (event: SimulationEvent) => void;
    },
  ) {
    this.#config = config;
    this.#from = from;
    this.#onEvent = options.onEvent;
    this.#downlinks = [...options.downlinks].sort((a, b) => a.at - b.at);
    this.#packages = [...options.packages].sort((a, b) => a.at - b.at);
    this.air = new Air({ seed: 1, lossProbability: options.loss });
    const { state } = options;
    const collect = collectInAir(this.air);
    this.#server = new NetworkServer({
      region: config.radio.region,
      subBand: config.radio.subBand,
      epoch: from,
      onUplink: (uplink) => this.#receive(uplink),
      beforeAnswer: (uplink) => {
        this.#deliveries.fill(uplink);
        this.#acknowledger.fill(uplink);
      },
      collect: (run) =>
        collect(async () => {
          await run();
          // Persist before transmitting the answer.
          state?.saveNetwork(this.#server.save());
        }),
    });
    this.#server.addDevice(registrationOf(config.radio));
    this.#deliveries = new Deliveries({
      server: this.#server,
      region: config.radio.region,
      registrations: [registrationOf(config.radio)],
      now: () => this.#now,
    });
    if (state?.network) this.#server.restore(state.network);
    attachGateway(this.air, this.#server, "gateway", { x: options.distance, y: 0 });
    const memory = deliveredBefore(config.radio.devEui, state?.events ?? []);
    this.#cloud = new Cloud({
      networks: options.networks,
      memory,
      onEvent: (event) => this.#hear(event),
    });
    this.#acknowledger = new Acknowledger(this.#server, memory);
  }

  get #now(): number {
    return this.#from + this.air.now / microseconds;
  }

  async #receive(uplink: Uplink): Promise<void> {
    this.#current = uplink;
    this.#deliveries.receive(uplink);
    if (this.#packages[0] && this.#packages[0].at <= this.#now - this.#from)
      this.#deliveries.send(uplink.devEui, this.#packages.shift()!.bytes);
    const answer = await this.#cloud.receive(uplink);
    if (answer) void this.#server.sendDownlink(uplink.devEui, answer.port, answer.payload);
    this.#acknowledger.receive(uplink);
    while (this.#downlinks[0] && this.#downlinks[0].at <= this.#now - this.#from) {
      const { port, payload } = this.#downlinks.shift()!;
      void this.#server.sendDownlink(uplink.devEui, port, payload);
    }
  }

  #hear(event: Parameters<NonNullable<ConstructorParameters<typeof Cloud>[0]["onEvent"]>>[0]): void {
    const time = this.#now;
    if (event.kind === "received") {
      const { payload, dataRate, counter, receptions } = this.#current!;
      const { rssi, snr } = receptions[0]!;
      this.#onEvent({
        event: "uplink",
        time,
        bytes: payload.length,
        dataRate,
        counter,
        rssi,
        snr,
        duplicate: event.duplicate,
        payload: event.payload,
      });
    } else if (event.kind === "decided") {
      const { sequence, label, confidence } = event;
      this.#onEvent({ event: "downlink", time, sequence, label, name: this.#config.classes[label] ?? "?", confidence });
    }
  }
}
