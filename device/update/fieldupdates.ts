import { sha256 } from "crypt";
import Sleep from "sleep";
import Timer from "timer";
import { decodePackagePart } from "../codec/packagepart.js";
import { profileBytes } from "../codec/package.js";
import { parseHex } from "../codec/hex.js";
import type { SettingsInForce } from "../codec/settingsreport.js";
import { refusals, updateEvents } from "../codec/update.js";
import type { NodeConfig } from "../config.js";
import { errorText } from "../errortext.js";
import type { Staging } from "../fragments/staging.js";
import type { Fields, RetainedPart } from "../flash/fields.js";
import { profileText } from "../profile.js";
import type { Retained } from "../retained.js";
import type { Starts } from "../starts.js";
import type { Journal } from "../uplinksender.js";
import type { ModelSections } from "./check.js";
import { applySettings, settingsInForce } from "./inforce.js";
import { checkModel } from "./modelcheck.js";
import { FirmwareUpdates } from "./firmwareupdates.js";
import { SettingsReports } from "./settingsreports.js";
import { UpdateRecords } from "./records.js";
import { Slots, type MappedFlash } from "./slots.js";
import { stagingFor } from "./staging.js";
import type { UpdateNews } from "./parts.js";
import { Updates } from "./updates.js";
import { verifyInSteps } from "./verify.js";

const nothingHeard = { event: "state", reason: "none", subject: 0, detail: "" } as const;

/** ms on probation after which a package that has not proved itself is taken back. */
const probationMs = 86_400_000;

export interface FieldUpdatesParts {
  /** As the firmware has it. */
  description: NodeConfig;
  /** Of the partition `scripts`. */
  openFlash(): MappedFlash;
  starts: Pick<Starts, "isFailure" | "forgive" | "expectReset">;
  journal: Journal;
}

/** What a running node does with packages. `run` is called when what it takes part in is there. */
export interface FieldUpdatesEvents {
  /** Both: @returns false when there is no room for it */
  report(news: UpdateNews): boolean;
  reportSettings(settings: SettingsInForce): boolean;
  /** @param end what ends the program; by default a deep sleep does */
  restart(end?: () => void): void;
  /** It is not busy any more. */
  onIdle(): void;
  /** ms */
  uptime(): number;
}

/** SHA-256 of the profile, its first bytes. */
export const profileOf = (description: NodeConfig): Uint8Array =>
  new Uint8Array(sha256(ArrayBuffer.fromString(profileText(description)))).slice(0, profileBytes);

/** Packages on the node: what is in force at the start, and what comes by the link. Without a public key every package is refused, and no flash is read. */
export class FieldUpdates implements RetainedPart {
  readonly #updates: Updates | undefined;
  readonly #journal: Journal;
  /** The description with the settings in force. */
  readonly config: NodeConfig;
  /** Calibration offsets in force, by the sensor's index. */
  readonly offsets: Readonly<Record<number, number>> = {};
  /** Bytes of the package that downlinks bring, in its order; 0: they bring none. */
  #received = 0;
  #isBusy = false;
  readonly #isFailure: boolean;
  /** Uptime, ms; 0: not on probation. */
  #probationSince = 0;
  #waiting: UpdateNews[] = [];
  /** For packages in fragments; undefined: the node takes none. */
  staging: Staging | undefined;
  /** undefined: the node takes none. */
  firmware: FirmwareUpdates | undefined;
  /** Reports of the settings in force. */
  readonly settings = new SettingsReports(
    () => this.settingsInForce,
    (settings) => this.#events?.reportSettings(settings) ?? false,
  );
  #events: FieldUpdatesEvents | undefined;
  #last: Pick<UpdateNews, "event" | "reason" | "subject" | "detail"> = nothingHeard;

  constructor({ description, openFlash, starts, journal }: FieldUpdatesParts) {
    this.#journal = journal;
    this.config = description;
    this.#isFailure = starts.isFailure;
    const key = description.updates?.publicKey;
    if (key === undefined) return;
    try {
      this.#updates = this.#open(description, openFlash(), key, starts);
      if (this.firmware?.wasIntended) starts.forgive();
      this.#updates.settle(this.firmware?.isOnProbation);
      this.#updates.started(starts.isFailure, Sleep.cause === "timer");
      const { settings } = this.#updates;
      this.config = applySettings(description, settings);
      this.offsets = settings.offsets ?? {};
    } catch (error) {
      // The node works without.
      journal("updates failed", { error: errorText(error) });
    }
  }

  #open(description: NodeConfig, flash: MappedFlash, key: string, starts: FieldUpdatesParts["starts"]): Updates {
    const publicKey = parseHex(key, 32, "updates.publicKey");
    const slots = new Slots(flash, () => flash.map());
    const records = new UpdateRecords(slots.records);
    const updates = new Updates({
      slots,
      records,
      description,
      profile: profileOf(description),
      publicKey,
      verify: verifyInSteps,
      checkModel: (sections) => checkModel(sections, description),
      checksum: (bytes) => Sleep.checksum(bytes),
      onNews: (news) => this.#hear(news),
      onEnded: (bytes, sequence) => this.#ended(bytes, sequence),
      // At the start nothing of it runs yet.
      onChange: () => this.#events?.restart(),
    });
    this.staging = stagingFor(updates, slots, records);
    this.firmware = new FirmwareUpdates({
      description,
      publicKey,
      records,
      onNews: (news) => this.#hear({ ...news, ...updates.state() }),
      restart: (end) =>
        this.#events?.restart(() => {
          // The next program takes it for a crash at first.
          starts.expectReset();
          end();
        }),
    });
    return updates;
  }

  attachTo(retained: Retained): void {
    retained.attach("update", this);
    retained.attach("settings", this.settings);
    if (this.firmware) retained.attach("firmware", this.firmware);
  }

  /** The node reports, and can be restarted, from now on. */
  run(events: FieldUpdatesEvents): void {
    this.#events = events;
    if (this.#updates && Sleep.cause !== "timer" && this.#waiting.length === 0 && this.#updates.state().newest > 0)
      this.#hear({ event: "state", reason: "none", subject: 0, ...this.#updates.state(), detail: "" });
    if (this.#updates && Sleep.cause !== "timer") this.#resume(this.#updates);
    this.#report();
    this.firmware?.run(events.uptime);
  }

  layout(fields: Fields): void {
    this.#received = fields.number(4, this.#received);
    this.#probationSince = fields.number(7, Math.round(this.#probationSince));
    const event = fields.number(1, updateEvents.indexOf(this.#last.event));
    const reason = fields.number(1, refusals.indexOf(this.#last.reason));
    const subject = fields.number(4, this.#last.subject);
    const isStruck = fields.number(1, this.#updates?.isStruck ? 1 : 0) === 1;
    if (this.#updates && fields.isReading) this.#updates.isStruck ||= isStruck;
    // At the start something has happened already.
    if (fields.isReading && this.#last === nothingHeard)
      this.#last = { event: updateEvents[event] ?? "state", reason: refusals[reason] ?? "none", subject, detail: "" };
  }

  /** Source text of the app script in force; undefined: the firmware's own. */
  get script(): string | undefined {
    const text = this.#updates?.script;
    return text && String.fromArrayBuffer(text.slice().buffer);
  }

  /** The network in force; undefined: the firmware's own. */
  get model(): (ModelSections & { sequence: number }) | undefined {
    const sections = this.#updates?.model;
    return sections && { ...sections, sequence: this.#updates.state().model.sequence };
  }

  /** The app script in force has failed too often: its predecessor takes over. */
  scriptFailed(detail: string): void {
    this.#updates?.takeBack("script failed", detail);
  }

  /** See `Updates`. */
  get isScriptToBlame(): boolean {
    return this.#updates?.isScriptToBlame ?? true;
  }

  /** The app script in force has had a strike. */
  scriptStruck(): void {
    this.#updates?.scriptStruck();
  }

  /** It could not be started: on probation once is enough. */
  scriptNotStarted(detail: string): void {
    if (this.#updates?.isOnProbation) this.scriptFailed(detail);
  }

  modelFailed(detail: string): void {
    this.#updates?.takeBack("model refused", detail, "model");
  }

  /** A downlink on the port of packages. @throws PayloadError */
  receive(payload: Uint8Array): void {
    const { total, offset, data } = decodePackagePart(payload);
    if (!this.#updates) {
      const none = { sequence: 0, version: 0 };
      const state = { newest: 0, script: none, model: none, settings: none, settingsHash: 0 };
      if (offset === 0)
        this.#hear({ event: "refused", reason: "no public key", subject: 0, ...state, detail: `${total} bytes` });
      return;
    }
    if (offset === 0) {
      this.#received = 0;
      if (!this.#updates.begin(total)) return;
    }
    if (offset !== this.#received || this.#updates.expected !== total)
      return this.#journal("package part", { offset, expected: this.#received, total });
    this.#updates.write(offset, data);
    this.#received += data.length;
    if (this.#received < total) return;
    this.#received = 0;
    this.#check(this.#updates.finishInSteps());
  }

  /** Step by step, in turns of the event loop. */
  #check(step: () => boolean): void {
    this.#isBusy = true;
    Timer.set(() => {
      this.#isBusy = false;
      if (step()) this.#check(step);
      else this.#events?.onIdle();
    });
  }

  /** A package is checked: the program must not end. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Another package has begun to come, and takes the place of what downlinks have brought, or of one that is checked or waits for the next start. */
  #ended(bytes: number, sequence: number | undefined): void {
    if (this.#received === 0 && sequence === undefined) return;
    const detail = sequence === undefined ? `after ${this.#received} of ${bytes} bytes` : "another one has come";
    this.#received = 0;
    const subject = sequence ?? 0;
    this.#hear({ event: "refused", reason: "interrupted", subject, ...this.#updates!.state(), detail });
  }

  /**
   * The program before this one was reset while a package came, or while it was checked: goes on, or says that it cannot. Where parts from downlinks end may be an older
   * state's. A session of fragments goes on by itself, a host begins again.
   */
  #resume(updates: Updates): void {
    if (updates.expected === undefined || this.staging?.setup) return;
    if (this.#received > 0 && updates.isErased(this.#received)) return;
    this.#received = 0;
    if (this.#isFailure) updates.interrupt("the node crashed or hung meanwhile");
    else this.#check(updates.finishInSteps(true));
  }

  get settingsInForce(): SettingsInForce {
    return settingsInForce(this.config, this.offsets);
  }

  /** Packages by another way than downlinks; undefined: the node takes none. */
  get updates(): Updates | undefined {
    return this.#updates;
  }

  get isTakenBack(): boolean {
    return this.#last.event === "taken back";
  }

  /** What has become of a package last, since the last power-on. */
  get last(): Pick<UpdateNews, "event" | "reason" | "subject" | "detail"> {
    return this.#last;
  }

  /** An uplink was sent, and its receive windows are over. */
  sent(isAcknowledged: boolean): void {
    if (isAcknowledged) this.acknowledged();
  }

  /** An uplink was acknowledged. */
  acknowledged(): void {
    this.#updates?.acknowledged();
    this.firmware?.acknowledged();
  }

  /** A window was handled. */
  windowHandled(): void {
    if (!this.#updates || !this.#events) return;
    this.#updates.windowHandled();
    this.firmware?.windowHandled();
    this.#report();
    const now = this.#events.uptime();
    if (!this.#updates.isOnProbation) this.#probationSince = 0;
    else if (this.#probationSince === 0) this.#probationSince = Math.max(1, now);
    else if (now - this.#probationSince >= probationMs)
      this.#updates.takeBack("no acknowledgement", `for ${probationMs / 3_600_000} hours`);
  }

  #hear(news: UpdateNews): void {
    const { event, ...fields } = news;
    this.#journal("update", { what: event, ...fields });
    if (event !== "state") this.#last = news;
    this.#waiting.push(news);
    this.#report();
  }

  /** What there was no room for is reported later. */
  #report(): void {
    if (!this.#events) return;
    while (this.#waiting.length > 0 && this.#events.report(this.#waiting[0]!)) this.#waiting.shift();
    this.settings.check((this.#updates?.state().newest ?? 0) > 0);
  }
}
