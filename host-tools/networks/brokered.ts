import type { ReceivedUplink } from "../store/types.js";
import type { Dialect, ServerEvent } from "./dialect.js";
import { clientIdOf, topicsOf, type Broker } from "./mqtt/broker.js";
import { MqttLink } from "./mqtt/link.js";
import type { Message } from "./mqtt/postponed.js";
import { takeOver } from "./mqtt/takeover.js";
import type { Network, SendOptions, Shared, StatusHandler, UplinkHandler } from "./network.js";
import { Refusals } from "./refusals.js";

/** An uplink that could not be stored so many times, while others could, is given up. */
const mostAttempts = 5;

export interface BrokeredOptions {
  dialect: Dialect;
  broker: Broker;
  /** Whether a node is one of this cloud; undefined: every one. */
  accepts?: ((devEui: string) => boolean) | undefined;
  onEvent(event: Record<string, unknown>): void;
}

/** Since the start. */
export interface BrokeredStatistics {
  uplinks: number;
  /** Messages that say nothing that the cloud is interested in. */
  others: number;
  /** Malformed messages. */
  refused: number;
  /** Messages of an earlier time, which the broker keeps for new subscribers. */
  retained: number;
  /** Of nodes that are not this cloud's. */
  unknown: number;
  /** Uplinks that could not be stored. */
  lost: number;
}

/** A network server behind an MQTT broker. */
export class BrokeredNetwork implements Network {
  readonly statistics: BrokeredStatistics = { uplinks: 0, others: 0, refused: 0, retained: 0, unknown: 0, lost: 0 };
  readonly shared?: Shared;
  readonly #options: BrokeredOptions;
  readonly #link: MqttLink;
  readonly #refusals: Refusals;
  /** By frame: attempts, and how many uplinks were stored before the first. */
  readonly #failures = new Map<string, { attempts: number; before: number }>();
  #onUplink: UplinkHandler = () => Promise.resolve({ answered: Promise.resolve() });
  #onStatus: StatusHandler = () => Promise.resolve();

  constructor(options: BrokeredOptions) {
    const { dialect, broker: described, onEvent } = options;
    this.#options = options;
    this.#refusals = new Refusals(onEvent);
    const { kind, role, filters } = dialect;
    const broker = { ...described, clientId: clientIdOf(described, role) };
    const take = (message: Message) => this.#take(message);
    this.#link = new MqttLink({ broker, kind, role, filters, onEvent, take });
    const { share, clientId } = broker;
    // Without QoS 1 a broker keeps nothing.
    if (share === undefined || kind.qos === 0) return;
    this.shared = {
      crew: `${role} ${share}`,
      clientId,
      takeOver: (of) =>
        takeOver({ broker: { ...broker, clientId: of }, kind, role, topics: topicsOf(broker, filters), take }),
    };
  }

  get failed(): Promise<never> {
    return this.#link.failed;
  }

  onUplink(handler: UplinkHandler): void {
    this.#onUplink = handler;
  }

  onStatus(handler: StatusHandler): void {
    this.#onStatus = handler;
  }

  start(): Promise<void> {
    return this.#link.start();
  }

  async send(devEui: string, port: number, payload: Uint8Array, options: SendOptions = {}): Promise<void> {
    const { confirmed = false, correlation, until } = options;
    const command = this.#options.dialect.command({ devEui, port, payload, confirmed, correlation, until });
    if (command) await this.#link.publish(command.topic, command.payload, command.key);
  }

  close(): Promise<void> {
    this.#refusals.close();
    return this.#link.close();
  }

  /** Rejected: the message must come again. */
  async #take({ topic, payload, isRetained }: Message): Promise<void> {
    const { statistics } = this;
    if (isRetained) {
      statistics.retained++;
      return;
    }
    let event: ServerEvent;
    try {
      event = this.#options.dialect.read(topic, payload);
    } catch (error) {
      statistics.refused++;
      this.#refusals.add("event refused", topic, (error as Error).message);
      return;
    }
    switch (event.kind) {
      case "uplink":
        if (!this.#accepts(event.uplink.devEui)) return;
        await this.#receive(event.uplink);
        if (event.status) await this.#onStatus(event.status);
        return;
      case "status":
        if (this.#accepts(event.status.devEui)) await this.#onStatus(event.status);
        return;
      case "notice":
        statistics.others++;
        this.#options.onEvent(event.notice);
        return;
      case "other":
        statistics.others++;
    }
  }

  #accepts(devEui: string): boolean {
    if (this.#options.accepts?.(devEui) ?? true) return true;
    this.statistics.unknown++;
    this.#refusals.add("unknown node", devEui, "names does not list it");
    return false;
  }

  async #receive(uplink: ReceivedUplink): Promise<void> {
    const { statistics } = this;
    try {
      await this.#onUplink(uplink);
      statistics.uplinks++;
      this.#failures.delete(uplink.frame);
    } catch (error) {
      const failure = this.#failures.get(uplink.frame) ?? { attempts: 0, before: statistics.uplinks };
      failure.attempts++;
      this.#failures.set(uplink.frame, failure);
      const { frame, devEui } = uplink;
      const { message } = error as Error;
      const isLost = failure.attempts >= mostAttempts && statistics.uplinks > failure.before;
      this.#options.onEvent({ event: isLost ? "uplink lost" : "uplink failed", devEui, frame, error: message });
      if (!isLost) throw error;
      this.#failures.delete(frame);
      statistics.lost++;
    }
  }
}
