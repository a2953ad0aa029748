import { decodeUplink, encodeCommand, PayloadError, ports } from "../../device/codec/codec.js";
import type { SettingsReport } from "../../device/codec/settingsreport.js";
import type { ReceivedUpdateStatus } from "../../device/codec/update.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { UserError } from "../lib/errors.js";
import { Delivery, type DeliveryState } from "../script/delivery.js";
import { inspectPackage, isInForce, type InspectedPackage } from "../script/inspect.js";
import { planDelivery, type DeliveryPlan } from "../script/plan.js";
import { isEarlier, mergeSettings, type SentSettings } from "../script/settingsView.js";
import { takePart, withParts } from "../script/statusParts.js";
import type { NetworkServer } from "./networkserver.js";
import type { StateEntry } from "./statefile.js";
import type { DeviceRegistration, Uplink } from "./types.js";

/** What the network server knows of a node's packages; plain data. */
export interface NodeRecord {
  devEui: string;
  /** Of the last uplink. */
  dataRate?: number;
  /** The last update status, and when it came, seconds since 1970. */
  status?: ReceivedUpdateStatus;
  statusAt?: number;
  /** Parts of a status that has not come yet. */
  statusParts?: ReceivedUpdateStatus;
  /** The settings in force that it has reported, and when. */
  settings?: SettingsReport;
  settingsAt?: number;
  /** Settings that it was sent, the last ones last. */
  sentSettings?: SentSettings[];
  delivery?: DeliveryState;
}

/** Packages on their way to nodes, and what the nodes have said of theirs. */
export class Deliveries {
  readonly #server: NetworkServer;
  readonly #region: RegionName;
  readonly #now: () => number;
  readonly #onChange: (record: NodeRecord) => void;
  readonly #listeners = new Set<(record: Readonly<NodeRecord>) => void>();
  readonly #appKeys = new Map<string, Uint8Array>();
  readonly #records = new Map<string, NodeRecord>();
  readonly #deliveries = new Map<string, Delivery>();
  readonly #unsaved = new Set<string>();
  /** Packages that `takeChanges` has yielded, by DevEUI. */
  readonly #saved = new Map<string, string>();

  /** @param onChange a package's phase has changed @param now seconds since 1970 */
  constructor(options: {
    server: NetworkServer;
    region: RegionName;
    /** More with `add`. */
    registrations?: readonly DeviceRegistration[];
    now: () => number;
    onChange?: (record: NodeRecord) => void;
  }) {
    const { server, region, registrations = [], now, onChange = () => {} } = options;
    this.#server = server;
    this.#region = region;
    this.#now = now;
    this.#onChange = onChange;
    for (const registration of registrations) this.add(registration);
  }

  add(registration: DeviceRegistration): void {
    const devEui = registration.devEui.toLowerCase();
    this.#records.set(devEui, { devEui });
    // As on the node: an ABP session has no AppKey.
    const rootKey = "appKey" in registration ? registration.appKey : registration.appSKey;
    this.#appKeys.set(devEui, Buffer.from(rootKey, "hex"));
  }

  /** What is on its way to it is not sent further. */
  remove(devEui: string): void {
    for (const map of [this.#records, this.#appKeys, this.#deliveries]) map.delete(devEui);
    this.#unsaved.delete(devEui);
  }

  /** The record of a node, to change it. */
  #change(devEui: string): NodeRecord {
    const record = this.record(devEui);
    this.#unsaved.add(record.devEui);
    return record;
  }

  record(devEui: string): Readonly<NodeRecord> {
    const record = this.#records.get(devEui.toLowerCase());
    if (!record)
      throw new UserError(
        `devEui ${devEui} is not registered: one of ${[...this.#records.keys()].join(", ")} expected`,
      );
    return record;
  }

  /** What sending it takes, at the data rate of the node's last uplink; by default the region's slowest. */
  plan(devEui: string, bytes: number): DeliveryPlan {
    const { dataRate, delivery } = this.record(devEui);
    const isOn = delivery?.phase === "sending" && delivery.size > 0;
    const plan = planDelivery(bytes, this.#region, dataRate ?? 0, isOn ? delivery.size : undefined);
    return { ...plan, ...(dataRate === undefined && { isUnheard: true }) };
  }

  /**
   * Begins to send a package with the node's next uplink; one that is on its way already goes on.
   * @returns whether there is something to send: not when the node has confirmed this very package before, and said nothing else since @throws UserError
   */
  send(devEui: string, bytes: Uint8Array): boolean {
    const record = this.#change(devEui);
    if (!this.#appKeys.has(record.devEui))
      throw new UserError(
        `devEui ${devEui} has no appKey here, which the check of what has come needs: an OTAA node expected`,
      );
    const inspected = inspectPackage("what was to be sent", bytes);
    const { sequence, name } = inspected;
    const text = Buffer.from(bytes).toString("base64");
    const before = this.#deliveries.get(record.devEui);
    if (before && !before.isOver) {
      if (record.delivery?.package === text) return true;
      throw new UserError(`package ${record.delivery!.sequence} is on its way to ${devEui}: wait for it, or cancel it`);
    }
    if (record.delivery?.package === text && isStillInForce(record, inspected)) return false;
    record.delivery = {
      devEui: record.devEui,
      package: text,
      name,
      sequence,
      phase: "setup",
      counter: (record.delivery?.counter ?? 0) + 1,
      size: 0,
      next: 1,
      sent: 0,
      wrong: 0,
      unfit: 0,
      startedAt: this.#now(),
    };
    record.sentSettings = sentAfter(record.sentSettings, inspected);
    this.#open(record);
    return true;
  }

  /** Asks the node for its settings in force, with the answer to its next uplink. */
  refresh(devEui: string): void {
    const record = this.record(devEui);
    const payload = encodeCommand("report settings");
    if (this.#server.queued(record.devEui, ports.command) === 0)
      void this.#server.sendDownlink(record.devEui, ports.command, payload);
  }

  /** Stops sending; with its next uplink the node forgets what it has. @returns whether one was on its way */
  cancel(devEui: string): boolean {
    const record = this.#change(devEui);
    const delivery = this.#deliveries.get(record.devEui);
    if (!delivery || delivery.isOver) return false;
    delivery.cancel();
    this.#changed(record.devEui, delivery);
    return true;
  }

  /** Calls `listener` with each step of a delivery. @returns ends that */
  subscribe(listener: (record: Readonly<NodeRecord>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #stepped(devEui: string): void {
    for (const listener of this.#listeners) listener(this.record(devEui));
  }

  #open(record: NodeRecord): void {
    const { devEui } = record;
    const server = this.#server;
    const queue = {
      push: (port: number, payload: Uint8Array): void => void server.sendDownlink(devEui, port, payload),
      count: (port: number): number => server.queued(devEui, port),
      clear: (port: number): void => server.dropQueued(devEui, port),
    };
    const delivery = new Delivery(record.delivery!, queue, this.#region, this.#appKeys.get(devEui)!, this.#now);
    this.#deliveries.set(devEui, delivery);
  }

  /** NetworkServer's onUplink. */
  receive({ devEui, port, payload }: Pick<Uplink, "devEui" | "port" | "payload">): void {
    const delivery = this.#deliveries.get(devEui);
    const phase = delivery?.state.phase;
    this.#change(devEui);
    if (port === ports.fragments) delivery?.answer(payload);
    else if (port === ports.update || port === ports.settings) this.#hear(devEui, port, payload);
    if (!delivery || delivery.state.phase === phase) return;
    this.#changed(devEui, delivery);
  }

  /** Its phase has. */
  #changed(devEui: string, { state }: Delivery): void {
    const record = this.record(devEui) as NodeRecord;
    // What was cancelled may come into force still, when all of it was there.
    for (const one of record.sentSettings ?? [])
      if (one.sequence === state.sequence) one.hasFailed = state.phase === "failed";
    this.#onChange(record);
    this.#stepped(devEui);
  }

  #hear(devEui: string, port: number, payload: Uint8Array): void {
    let heard;
    try {
      heard = decodeUplink(port, payload);
    } catch (error) {
      if (error instanceof PayloadError) return;
      throw error;
    }
    const record = this.#change(devEui);
    if (heard.kind === "settings") {
      const settings = mergeSettings(record.settings, heard);
      if (settings !== record.settings) record.settingsAt = this.#now();
      record.settings = settings;
    } else if (heard.kind === "update" && heard.part) {
      takePart(record, heard);
    } else if (heard.kind === "update") {
      const { status } = record;
      const isLate = status !== undefined && isEarlier(heard, status);
      if (!isLate) {
        if (record.settings && areReplaced(record.settings, status, heard)) {
          delete record.settings;
          delete record.settingsAt;
        }
        record.status = withParts(record, heard);
        record.statusAt = this.#now();
        delete record.statusParts;
      } else if (heard.subject === status.subject) return;
      // A rollback does not bring back what was never in force, or not for long.
      if (heard.event === "refused" || heard.event === "taken back")
        for (const one of record.sentSettings ?? [])
          if ((one.sequence & 0xffff) === (heard.subject & 0xffff)) one.hasFailed = true;
      this.#deliveries.get(devEui)?.updated(heard);
    }
  }

  /** NetworkServer's beforeAnswer. */
  fill({ devEui, dataRate, room }: { devEui: string; dataRate: number; room: number }): void {
    this.#change(devEui).dataRate = dataRate;
    const delivery = this.#deliveries.get(devEui);
    if (!delivery || delivery.isOver) return;
    delivery.fill(dataRate, room);
    this.#stepped(devEui);
  }

  /** What has changed since the last call, each under its key. */
  *takeChanges(): Iterable<StateEntry> {
    for (const devEui of this.#unsaved) yield* packageEntries(this.record(devEui), this.#saved);
    this.#unsaved.clear();
  }

  /** Of what `takeChanges` yielded. Nodes that are not registered are ignored. @param packages in base64, by DevEUI */
  restore(records: readonly NodeRecord[], packages: ReadonlyMap<string, string>): void {
    for (const record of records) {
      if (!this.#records.has(record.devEui)) continue;
      const bytes = packages.get(record.devEui);
      if (record.delivery && bytes !== undefined) record.delivery.package = bytes;
      this.#records.set(record.devEui, record);
      if (record.delivery && this.#appKeys.has(record.devEui)) this.#open(record);
    }
  }
}

/** Settings that were reported before the node said that others are in force. @param known the status before that */
function areReplaced(
  settings: SettingsReport,
  known: ReceivedUpdateStatus | undefined,
  heard: ReceivedUpdateStatus,
): boolean {
  if (!known?.settings || !heard.settings || known.settings.sequence === heard.settings.sequence) return false;
  return (settings.sequence - heard.sequence) << 16 < 0;
}

/** Apart from a record, that changes with each fragment, stands its package. @param saved by DevEUI, what is stored already */
export function* packageEntries(record: NodeRecord, saved = new Map<string, string>()): Iterable<StateEntry> {
  const { devEui, delivery } = record;
  yield [`record/${devEui}`, delivery ? { ...record, delivery: { ...delivery, package: "" } } : record];
  const bytes = delivery?.package;
  if (bytes === undefined || saved.get(devEui) === bytes) return;
  saved.set(devEui, bytes);
  yield [`package/${devEui}`, bytes];
}

/** How many settings that were sent, and rollbacks of them, are remembered. */
const remembered = 8;

function sentAfter(
  sent: SentSettings[] = [],
  { sequence, settings, back }: Pick<InspectedPackage, "sequence" | "settings" | "back">,
): SentSettings[] {
  const isBack = back.includes("settings");
  if (!settings && !isBack) return sent;
  return [...sent, { sequence, settings: settings ?? {}, ...(isBack && { isBack }) }].slice(-remembered);
}

/** Whether a package that was sent last was confirmed, and the node has not lost it since. */
function isStillInForce({ delivery, status }: NodeRecord, package_: InspectedPackage): boolean {
  if (delivery?.phase !== "confirmed") return false;
  if (!status) return true;
  const isLost = status.event === "taken back" || (status.newest ?? package_.sequence) < package_.sequence;
  return !isLost && isInForce(package_, status);
}
