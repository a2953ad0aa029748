/** What a node needs to be reached, with its sensors and network or, in safe mode, without: configuration, clock, flash, faults, link. */
import Instruments from "instruments";
import Sleep from "sleep";
import { clockIsKnown } from "sensors";
import openLink from "uplink";
import { readBattery } from "./battery.js";
import { decodeCommand, ports } from "./codec/codec.js";
import { Connection } from "./connection.js";
import { errorText } from "./errortext.js";
import { Faults } from "./faults.js";
import type { GuardedFlash } from "./flash/guarded.js";
import { HealthMonitor } from "./health.js";
import { traceJournal as journal } from "./journal.js";
import type { LinkState } from "./lorawan/types.js";
import { Outbox } from "./outbox/outbox.js";
import { Partitions } from "./partitions.js";
import { firmwareVersion, readConfig, retainedLayout } from "./resources.js";
import { Retained } from "./retained.js";
import { reportStart, type Starts } from "./starts.js";
import type { NodeConfig } from "./config.js";
import type { FragmentReception } from "./fragments/reception.js";
import { receiveFragments } from "./fragmentreceiver.js";
import { openHostLine } from "./hostline.js";
import { FieldUpdates } from "./update/fieldupdates.js";
import { SyncedClock } from "./syncedclock.js";
import { synchronize } from "./timerequester.js";
import { UplinkReporter } from "./uplinkreporter.js";

/** ms of sleep that begin the program anew. */
const restartMs = 1000;

export interface BaseEvents {
  /** Other than a command. */
  onDownlink(port: number, payload: Uint8Array): void;
  /** The time of day was set. */
  onClockSet(): void;
  /** The link's state has changed. */
  onLinkState?(): void;
  /** The link has nothing to do for a while. */
  onIdle(): void;
  /** The program ends in a deep sleep. */
  hold(): void;
  scriptVersion(): number;
  /** No window is under way. */
  isFree(): boolean;
}

export class Base {
  /** As the firmware has it. */
  readonly description = readConfig();
  /** With the settings in force. */
  readonly config: NodeConfig;
  readonly updates: FieldUpdates;
  readonly retained = new Retained(retainedLayout());
  readonly clock = new SyncedClock(clockIsKnown, () => Sleep.rtc);
  readonly clockSync: ReturnType<typeof synchronize>;
  readonly faults = new Faults();
  readonly outbox: Outbox;
  readonly connection: Connection;
  readonly reporter: UplinkReporter;
  /** Packages in fragments; undefined: the node takes no packages. */
  readonly fragments: FragmentReception | undefined;
  /** The serial line to a host; undefined: the node has none. */
  readonly serial: ReturnType<typeof openHostLine>;
  readonly health: HealthMonitor;
  linkState: LinkState | "asleep" = "asleep";
  readonly #starts: Starts;
  readonly #events: BaseEvents;
  readonly #partitions = new Partitions(journal);
  #restartDue: (() => void) | undefined;

  constructor(starts: Starts, events: BaseEvents) {
    const { description, retained, clock, faults } = this;
    this.#starts = starts;
    this.#events = events;
    retained.attach("clock", clock);
    clock.setDate();
    this.updates = new FieldUpdates({ description, openFlash: () => this.openFlash("scripts"), starts, journal });
    this.updates.attachTo(retained);
    const config = (this.config = this.updates.config);
    this.outbox = new Outbox(this.openFlash("outbox"), config.outbox.bytes, (log) => retained.attach("outboxLog", log));
    retained.attach("outbox", this.outbox);
    retained.attach("faults", faults);
    this.fragments = receiveFragments(this, starts, () => this.#idle());
    this.clockSync = synchronize(this, () => events.onClockSet());
    this.serial = openHostLine(this, starts, events, () => this.#idle());
    this.connection = new Connection({
      config,
      openLink,
      openFlash: (name) => this.openFlash(name),
      battery: () => readBattery(config, journal).level,
      outbox: this.outbox,
      timeOfDay: clock,
      retained,
      journal,
      events: {
        onDownlink: (port, payload) => this.#receive(port, payload),
        onState: (state) => {
          journal("link", { state });
          this.linkState = state;
          events.onLinkState?.();
        },
        onRadio: (event) => this.health.radio(event),
        onTime: (seconds) => this.clockSync.deviceTime(seconds),
      },
      onRadioError: () => faults.add("radio"),
      onSent: (isAcknowledged) => [starts, this.updates].forEach((part) => part.sent(isAcknowledged)),
      onIdle: () => this.#idle(),
      fetcher: this.fragments,
      timeServer: this.clockSync,
    });
    this.reporter = new UplinkReporter(this.outbox, faults, clock, () => this.connection.kick());
    retained.attach("reporter", this.reporter);
    this.health = new HealthMonitor({
      starts,
      faults,
      outbox: this.outbox,
      connection: this.connection,
      reporter: this.reporter,
      journal,
      takeFlashErrors: () => this.#partitions.takeErrors(),
      battery: () => readBattery(config, journal),
      uptime: () => clock.uptime,
      firmware: firmwareVersion(),
      script: () => events.scriptVersion(),
    });
    retained.attach("health", this.health);
    if (reportStart(starts, faults, journal)) retained.commit();
    Instruments.start();
    Instruments.set("outboxWaiting", this.outbox.waiting);
    this.updates.run({
      report: (news) => this.reporter.update(news, clock.uptime / 1000),
      reportSettings: (settings) => this.reporter.settings(settings, clock.uptime / 1000),
      restart: (end) => void this.restart(end),
      uptime: () => clock.uptime,
      onIdle: () => this.#idle(),
    });
  }

  /** To be called when the program has begun. @param isWoken after a deep sleep the radio is asleep, and joined, as it was */
  send(isWoken: boolean): void {
    this.serial?.greet();
    if (!isWoken || this.connection.isDue) this.connection.kick();
  }

  /** As `Connection.idleUntil`, of all that may keep the program from its end. */
  get idleUntil(): number {
    return this.serial?.isBusy || this.updates.isBusy ? 0 : this.connection.idleUntil;
  }

  /** A partition, by its name. */
  openFlash(name: string): GuardedFlash {
    return this.#partitions.open(name);
  }

  /** The link, or the work on fragments, has nothing to do for a while: see `Connection.idleUntil`. */
  #idle(): void {
    Instruments.set("outboxWaiting", this.outbox.waiting);
    this.health.observe();
    if (this.#restartDue) void this.restart(this.#restartDue);
    else this.#events.onIdle();
  }

  windowHandled(): void {
    this.#starts.handled();
    this.updates.windowHandled();
    this.serial?.windowHandled();
  }

  #receive(port: number, payload: Uint8Array): void {
    if (port === ports.clock) return this.clockSync.receive(payload);
    if (port === ports.fragments && this.fragments) return this.fragments.receive(payload);
    if (port === ports.acknowledgement) return this.connection.receive(payload);
    if (port !== ports.command && port !== ports.package) return this.#events.onDownlink(port, payload);
    try {
      if (port === ports.package) return this.updates.receive(payload);
      const command = decodeCommand(payload);
      journal("command", { command });
      if (command === "restart") void this.restart();
      else this.updates.settings.ask();
    } catch (error) {
      journal("bad downlink", { port, error: errorText(error) });
    }
  }

  /** Begins the program anew, out of safe mode too, when no uplink and no host's session is under way. @param end what ends it; by default a deep sleep */
  async restart(end: () => void = () => Sleep.deep(restartMs)): Promise<void> {
    this.#restartDue = this.idleUntil === 0 ? end : undefined;
    if (this.#restartDue) return;
    if (this.#starts.isSafe) this.#starts.leaveSafeMode();
    if (!Sleep.canSleep) return;
    await this.connection.shutDown();
    this.retained.commit(true);
    this.#events.hold();
    end();
  }
}
