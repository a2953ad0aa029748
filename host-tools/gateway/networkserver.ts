import { regions, type Region } from "../../device/lorawan/regions/regions.js";
import { UserError } from "../lib/errors.js";
import { adrRequest, observe } from "./adr.js";
import { readAnswers } from "./answers.js";
import { Collector, type Collected } from "./collector.js";
import { composeDownlink } from "./compose.js";
import { Device, type NetworkSession } from "./device.js";
import { DownlinkSender, type DownlinkWindow } from "./downlinksender.js";
import { acceptJoin, isElsewhere, isJoinOf } from "./joins.js";
import { persistDevice, restoreDevice, serverEntries, type PersistedServer } from "./persist.js";
import { decryptPayload, readPacket, type LoraPacket } from "./packets.js";
import { initialParameters, type LinkParameters } from "./parameters.js";
import { commonJoinNear, subBandBit } from "./plan.js";
import { findSession } from "./sessions.js";
import type { ServerOptions } from "./settings.js";
import type { StateEntry } from "./statefile.js";
import type { DeviceRegistration, GatewayPort, GatewayUplink, ServerStatistics } from "./types.js";

/** RX1 after a join request, seconds. */
const joinDelay = 5;
/** The largest of all data rates. */
const largestPayload = 242;

/**
 * A small LoRaWAN 1.0.4 network server, join server and application end in one, on `lora-packet`: deduplicates uplinks that several
 * gateways received, checks MIC and counters, answers in RX1 or else RX2, controls data rates (ADR). `save` and `restore` keep its state over a restart.
 */
export class NetworkServer {
  readonly statistics: ServerStatistics = {
    uplinks: 0,
    retransmissions: 0,
    duplicateReceptions: 0,
    joins: 0,
    joinsElsewhere: 0,
    devNoncesReused: 0,
    countersReused: 0,
    unknownOrForged: 0,
    downlinks: 0,
    downlinksDropped: 0,
  };
  readonly #options: ServerOptions;
  readonly #region: Region;
  readonly #netId: Buffer;
  readonly #devices = new Map<string, Device>();
  readonly #sender: DownlinkSender;
  readonly #collector: Collector;
  #nextAddress = 1;
  /** Nodes whose state has changed since `takeChanges`. */
  readonly #changed = new Set<Device>();

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#region = regions[options.region];
    this.#netId = Buffer.alloc(3);
    this.#netId.writeUIntBE(options.netId ?? 0x13, 0, 3);
    this.#sender = new DownlinkSender(options);
    const collect = options.collect ?? ((run) => Promise.resolve().then(run));
    this.#collector = new Collector(collect, (collected) => this.#handle(collected));
  }

  addGateway(port: GatewayPort): void {
    this.#sender.addGateway(port);
  }

  removeGateway(id: string): void {
    this.#sender.removeGateway(id);
  }

  /** @returns its DevEUI, in lower case. @throws UserError for a registration that `addDevice` would not take, were its DevEUI new */
  check(registration: DeviceRegistration): string {
    return new Device(registration, this.#options.region).devEui;
  }

  /** @throws UserError for keys of a wrong length or a DevEUI that is already registered */
  addDevice(registration: DeviceRegistration): void {
    const device = new Device(registration, this.#options.region);
    if (this.#devices.has(device.devEui)) throw new UserError(`devEui ${device.devEui} is registered twice`);
    this.#devices.set(device.devEui, device);
  }

  /** Its queue and its session are forgotten here, and stay in what was persisted. */
  removeDevice(devEui: string): void {
    const device = this.#device(devEui);
    this.#devices.delete(device.devEui);
    this.#changed.delete(device);
  }

  /** Queues a payload for the node's next uplink. Resolves with whether a confirmed one was acknowledged; true for an unconfirmed one once sent. */
  sendDownlink(devEui: string, port: number, payload: Uint8Array, confirmed = false): Promise<boolean> {
    if (!(Number.isInteger(port) && port >= 1 && port <= 223))
      throw new UserError(`port ${port}: an integer from 1 to 223 expected`);
    if (payload.length > largestPayload)
      throw new UserError(`a downlink of ${payload.length} bytes: ${largestPayload} at most`);
    return new Promise((onDone) =>
      this.#change(devEui).queue.push({ port, payload: Buffer.from(payload), confirmed, onDone }),
    );
  }

  /** Payloads on `port` that wait for the node. */
  queued(devEui: string, port: number): number {
    return this.#device(devEui).queue.filter((one) => one.port === port).length;
  }

  /** Whether this payload waits for the node. */
  isQueued(devEui: string, port: number, payload: Uint8Array): boolean {
    return this.#device(devEui).queue.some((one) => one.port === port && one.payload.equals(payload));
  }

  /** Forgets them. */
  dropQueued(devEui: string, port: number): void {
    const { queue } = this.#change(devEui);
    for (let i = queue.length - 1; i >= 0; i--)
      if (queue[i]!.port === port) for (const { onDone } of queue.splice(i, 1)) onDone?.(false);
  }

  /** The state that must survive a restart; plain data. */
  save(): PersistedServer {
    return { nextAddress: this.#nextAddress, devices: [...this.#devices.values()].map(persistDevice) };
  }

  /** What of it has changed since the last call, each under its key. */
  takeChanges(): StateEntry[] {
    const devices = [...this.#changed].map(persistDevice);
    this.#changed.clear();
    return devices.length > 0 ? serverEntries({ nextAddress: this.#nextAddress, devices }) : [];
  }

  /** Restores the result of `save`, or a part; nodes that are not registered are ignored. */
  restore(state: PersistedServer): void {
    this.#nextAddress = Math.max(this.#nextAddress, state.nextAddress);
    for (const one of state.devices) {
      const device = this.#devices.get(one.devEui);
      if (device) restoreDevice(device, one, this.#options.region);
    }
  }

  /** Sets the counters of a session that another server, or this one before a restart, had: the last uplink's and the next downlink's. */
  setCounters(devEui: string, up: number, down: number): void {
    const { session } = this.#change(devEui);
    if (!session) throw new UserError(`devEui ${devEui} has no session`);
    session.fCntUp = up;
    session.fCntDown = down;
  }

  /**
   * Queues MAC requests (whole commands, identifiers included) for the node's next downlink. They are repeated until the node has answered, and
   * its receive window parameters change with its answer.
   */
  sendCommands(devEui: string, commands: Uint8Array): void {
    this.#change(devEui).requests.add(commands);
  }

  /** The node's receive window parameters, as far as acknowledged; undefined before it joined. */
  parametersOf(devEui: string): Readonly<LinkParameters> | undefined {
    return this.#device(devEui).session?.parameters;
  }

  /** One gateway's copy of a packet. Settled when the uplink has been handled and its answer passed to a gateway. */
  receive(uplink: GatewayUplink): Promise<void> {
    const { collected, isFirst } = this.#collector.take(uplink);
    if (!isFirst) this.statistics.duplicateReceptions++;
    return collected.done;
  }

  #device(devEui: string): Device {
    const device = this.#devices.get(devEui.toLowerCase());
    if (!device) throw new UserError(`devEui ${devEui} is not registered`);
    return device;
  }

  #change(devEui: string): Device {
    const device = this.#device(devEui);
    this.#changed.add(device);
    return device;
  }

  /** Before something is sent that depends on it. */
  async #persist(device: Device): Promise<void> {
    // One that was removed meanwhile has no state any more.
    if (this.#devices.get(device.devEui) === device) this.#changed.add(device);
    await this.#options.persist?.();
  }

  async #handle(collected: Collected): Promise<void> {
    const packet = this.#dataRate(collected.copies[0]!) < 0 ? undefined : readPacket(collected.payload);
    if (packet?.isJoinRequestMessage()) await this.#handleJoin(packet, collected);
    else if (packet?.isDataMessage() && packet.getDir() === "up") await this.#handleData(packet, collected);
    else this.statistics.unknownOrForged++;
  }

  async #handleJoin(packet: LoraPacket, { copies }: Collected): Promise<void> {
    const device = this.#devices.get(packet.DevEUI!.toString("hex"));
    if (!isJoinOf(device, packet)) {
      this.statistics.unknownOrForged++;
      return;
    }
    const { region } = this.#options;
    const { frequency } = copies[0]!;
    const join = commonJoinNear(region, frequency);
    if (isElsewhere(this.#options, join)) {
      this.statistics.joinsElsewhere++;
      this.#options.onJoinElsewhere?.(device.devEui, frequency);
      return;
    }
    const devNonce = packet.DevNonce!.readUInt16BE();
    if (devNonce <= device.lastDevNonce) {
      this.statistics.devNoncesReused++;
      return;
    }
    this.statistics.joins++;
    this.#options.onJoin?.(device.devEui, devNonce);
    const devAddr = Buffer.alloc(4);
    devAddr.writeUInt32BE((((this.#netId[2]! & 0x3f) << 25) | this.#nextAddress++) >>> 0);
    const accept = acceptJoin(device, packet, this.#options, { netId: this.#netId, devAddr, join });
    const parameters = initialParameters(region, joinDelay, false, join);
    const windows = this.#sender
      .windows(parameters, copies[0]!, this.#dataRate(copies[0]!))
      .map((one) => (join && one.window === 1 ? { ...one, frequency: join.rx1 } : one));
    await this.#persist(device);
    await this.#transmit(copies, windows, accept);
  }

  async #handleData(packet: LoraPacket, collected: Collected): Promise<void> {
    const found = findSession(this.#devices.values(), packet);
    if (!found) {
      this.statistics.unknownOrForged++;
      return;
    }
    const { device, session, counter } = found;
    if (session === device.offered) {
      device.session = session;
      device.offered = undefined;
      device.forgetLink();
    }
    const isNew = counter > session.fCntUp;
    const isRepeated = counter === session.fCntUp && session.lastFrame.equals(collected.payload);
    if (!isNew && !isRepeated) {
      this.statistics.countersReused++;
      return;
    }
    const best = collected.copies[0]!;
    const dataRate = this.#dataRate(best);
    const payload = decryptPayload(packet, session, counter);
    const port = packet.getFPort();
    const before = { fCntUp: session.fCntUp, lastFrame: session.lastFrame };
    const seconds = best.unixTime ?? (this.#options.epoch ?? 0) + (best.arrived ?? best.time) / 1e6;
    if (isNew) {
      session.fCntUp = counter;
      session.lastFrame = collected.payload;
      this.statistics.uplinks++;
      observe(device, counter, best.snr);
      device.subBands |= subBandBit(this.#options.region, best.frequency, session.parameters.plan);
      this.#acknowledge(device, packet.getFCtrlACK() === true);
      readAnswers(device, session, port === 0 ? payload : packet.FOpts!, {
        seconds: this.#options.deviceTime === false ? undefined : seconds,
        snr: best.snr,
        gateways: collected.copies.length,
      });
    } else {
      this.statistics.retransmissions++;
    }
    const confirmed = packet.isConfirmed();
    if (isNew && port !== null && port > 0) {
      const receptions = collected.copies.map(({ gateway, rssi, snr }) => ({ gateway, rssi, snr }));
      try {
        await this.#options.onUplink?.({
          devEui: device.devEui,
          port,
          payload,
          counter,
          confirmed,
          dataRate,
          frequency: best.frequency,
          time: best.time,
          seconds,
          receptions,
        });
      } catch (error) {
        if (session.fCntUp === counter) Object.assign(session, before);
        throw error;
      }
    }
    const mayAdr = packet.getFCtrlADR() === true && this.#options.adr !== false && isNew;
    await this.#answer(
      device,
      session,
      collected.copies,
      dataRate,
      confirmed,
      mayAdr,
      packet.getFCtrlADRACKReq() === true,
      isNew,
    );
  }

  #acknowledge(device: Device, ack: boolean): void {
    const { awaiting } = device;
    if (!awaiting) return;
    device.awaiting = undefined;
    if (ack) awaiting.onDone?.(true);
    else device.queue.unshift(awaiting);
  }

  async #answer(
    device: Device,
    session: NetworkSession,
    copies: GatewayUplink[],
    dataRate: number,
    ack: boolean,
    mayAdr: boolean,
    wanted: boolean,
    isNew: boolean,
  ): Promise<void> {
    const windows = this.#sender.windows(session.parameters, copies[0]!, dataRate);
    const room = Math.max(0, ...windows.map((window) => window.room));
    if (isNew) this.#options.beforeAnswer?.({ devEui: device.devEui, dataRate, room });
    const { adr = true, adrMargin } = this.#options;
    const steering =
      mayAdr && !device.requests.steers
        ? adrRequest(device, this.#region, dataRate, { wanted, margin: adrMargin })
        : undefined;
    const answering = { ack, wanted, adr, steering, room };
    const downlink = composeDownlink(device, session, answering);
    await this.#persist(device);
    if (!downlink) return;
    const isSent = await this.#transmit(copies, windows, downlink.bytes);
    downlink.settle(isSent);
    this.#changed.add(device);
    if (isSent || !ack) return;
    // A payload that must wait, for the gateways' duty cycle or a faster window, does not hold the acknowledgement back: without it the node sends again.
    const bare = composeDownlink(device, session, { ...answering, steering: undefined, room: 0 })!;
    await this.#persist(device);
    bare.settle(bare.bytes.length < downlink.bytes.length && (await this.#transmit(copies, windows, bare.bytes)));
  }

  async #transmit(copies: GatewayUplink[], windows: DownlinkWindow[], payload: Buffer): Promise<boolean> {
    const sent = await this.#sender.send(copies, windows, payload);
    if (sent) this.statistics.downlinks++;
    else this.statistics.downlinksDropped++;
    return sent;
  }

  #dataRate({ sf, bandwidth }: GatewayUplink): number {
    // Uplink rates come first in every table, so the first that fits is the uplink's.
    return this.#region.dataRates.findIndex((rate) => rate?.[0] === sf && rate[1] * 1000 === bandwidth);
  }
}
