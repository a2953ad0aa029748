import { apiLevel, languageLevel, readPackage, type ReadPackage } from "../codec/package.js";
import { decodeSettings, type Settings } from "../codec/settings.js";
import { PackageError, type Refusal, type UpdateEvent } from "../codec/update.js";
import { errorText } from "../errortext.js";
import { checkPackage, checkSequence, isUnread, refusedSequence, type ModelSections } from "./check.js";
import { withoutPackage, withPackage } from "./inforce.js";
import type { UpdatesParts } from "./parts.js";
import { freeSlot, isInForce, isProved, newTrial, ownParts, stateOf, withPredecessors, withProof } from "./records.js";
import type { Installed, Part, Proof } from "./records.js";
import { slotCount } from "./slots.js";

/** Crashes and hangs of a package on probation after which it is taken back. */
const maxFailures = 2;
/** Times that checking a package may be begun: power may fail meanwhile, but a package must not crash the node for ever. */
const maxAttempts = 3;

/**
 * Replaces app script, network and settings by packages: one is staged in a slot that nothing in force uses, checked there, and switched to by one
 * record. On probation until an uplink was acknowledged and a window handled without a strike of the app script, else what was there before is in force again. Nothing is ever in force
 * that was not checked, and a power cut leaves the old or the new.
 */
export class Updates {
  readonly #parts: UpdatesParts;
  #begun = 0;
  /** Of `#begun`: this one has come whole, and is checked. */
  #checked = -1;
  /** The app script had a strike since the last window, on probation; to be kept over a deep sleep. */
  isStruck = false;

  constructor(parts: UpdatesParts) {
    this.#parts = parts;
  }

  get #installed(): Installed {
    return this.#parts.records.installed;
  }

  get isOnProbation(): boolean {
    return this.#installed.probationFrom > 0;
  }

  /** When the app script fails it is taken back; else it has proved itself, and what has not is taken back in its place: settings, or a network. */
  get isScriptToBlame(): boolean {
    const { current, probationFrom } = this.#installed;
    return probationFrom === 0 || current.script.sequence >= probationFrom;
  }

  /** Source text of the app script in force; undefined: the firmware's own. */
  get script(): Uint8Array | undefined {
    const { script } = this.#installed.current;
    return script.sequence > 0 ? this.#read(script).sections.script : undefined;
  }

  /** The network in force, in place; undefined: the firmware's own. */
  get model(): ModelSections | undefined {
    const { model } = this.#installed.current;
    return model.sequence > 0 ? (this.#read(model).sections as Required<ReadPackage["sections"]>) : undefined;
  }

  get settings(): Settings {
    return decodeSettings(this.#installed.current.items);
  }

  #read({ slot, bytes }: Part): ReadPackage {
    return readPackage(this.#parts.slots.view(slot, bytes));
  }

  /** A package is received: so many bytes of it are expected; undefined: none is. */
  get expected(): number | undefined {
    const { staged } = this.#parts.records;
    return staged?.attempts === 0 ? staged.bytes : undefined;
  }

  /**
   * A package of so many bytes is about to come; an earlier one that is not complete is forgotten. @returns false when it is refused
   * @param room bytes of flash that it needs until it is complete @param setup when it comes in fragments
   */
  begin(bytes: number, room = bytes, setup: Uint8Array = new Uint8Array(0)): boolean {
    const step = this.beginInSteps(bytes, room, setup);
    if (!step) return false;
    while (step());
    return true;
  }

  /** Packages that were begun by this program: one that comes in steps or pieces knows by it that another one has come between. */
  get begun(): number {
    return this.#begun;
  }

  /** Like `begin`, for which flash is erased block by block, as sensors are read meanwhile. @returns erases the next block, and returns whether there are more; undefined when it is refused */
  beginInSteps(bytes: number, room = bytes, setup: Uint8Array = new Uint8Array(0)): (() => boolean) | undefined {
    const { slots, records } = this.#parts;
    if (!(bytes > 0 && room <= slots.slotBytes)) {
      this.#news("refused", "too large", 0, `${room} bytes, at most ${slots.slotBytes}`);
      return undefined;
    }
    // What is expected relies on what its slot holds: it ends before the slot is erased.
    const { staged } = records;
    if (staged) {
      const sequence = staged.attempts > 0 || this.#checked === this.#begun ? this.#claimed("interrupted") : undefined;
      records.putStaged(undefined);
      this.#parts.onEnded(staged.bytes, sequence);
    }
    const number = ++this.#begun;
    const { slot, previous } = freeSlot(this.#installed, slotCount);
    if (previous) records.putInstalled({ ...this.#installed, previous });
    const blocks = Math.ceil(room / slots.blockBytes);
    let block = 0;
    return () => {
      if (number !== this.#begun) throw new Error("another package has come meanwhile");
      slots.eraseBlock(slot, block++);
      if (block < blocks) return true;
      records.putStaged({ slot, bytes, attempts: 0, setup });
      return false;
    };
  }

  /** The sequence that the package says it has. */
  #claimed(reason: Refusal): number {
    const { records, slots } = this.#parts;
    const { staged } = records;
    return staged ? refusedSequence(slots.view(staged.slot, staged.bytes), reason) : 0;
  }

  /** Nothing of the package that is expected has come from `offset` on. */
  isErased(offset: number): boolean {
    const { slot, bytes } = this.#parts.records.staged!;
    return this.#parts.slots.isErased(slot, offset, bytes);
  }

  /** What has come so far is forgotten, and said to be interrupted. @param isWhole it was checked */
  interrupt(detail: string, isWhole = false): void {
    const sequence = isWhole ? this.#claimed("interrupted") : 0;
    this.#parts.records.putStaged(undefined);
    this.#news("refused", "interrupted", sequence, detail);
  }

  /** Part of the package that was begun. Any order; the same bytes may be written again. @throws RangeError beyond its end */
  write(offset: number, data: Uint8Array): void {
    const { records, slots } = this.#parts;
    const bytes = this.expected;
    if (bytes === undefined || offset < 0 || offset + data.length > bytes)
      throw new RangeError(`update: ${data.length} bytes at ${offset} of ${bytes ?? 0}`);
    slots.write(records.staged!.slot, offset, data);
  }

  /** A package has come whole, and is checked at the program's next start. */
  get isStaged(): boolean {
    return (this.#parts.records.staged?.attempts ?? 0) > 0;
  }

  /** All of the package was written. @returns whether it may be taken: `settle`, at the program's next start, does what is left */
  finish(): boolean {
    if (this.expected === undefined) return false;
    const step = this.finishInSteps();
    while (step());
    return this.isStaged;
  }

  /**
   * Like `finish`. @returns the next step: whether there are more; after the last one `isStaged` says whether it may be taken
   * @param isAgain the program before this one may have ended while it was checked, or while it came
   */
  finishInSteps(isAgain = false): () => boolean {
    const { records } = this.#parts;
    const number = (this.#checked = this.#begun);
    let step: ReturnType<typeof checkPackage> | undefined;
    let read: ReadPackage | undefined;
    return () => {
      // Another one has come between, or it was forgotten.
      if (this.expected === undefined || number !== this.#begun) return false;
      const staged = { ...records.staged!, attempts: 1 };
      if (!read)
        return this.#try(() => {
          step ??= this.#begin(staged);
          read = step();
          if (read) checkSequence(read, this.#installed.newest);
        }, isAgain);
      records.putStaged(staged);
      this.#parts.onChange();
      return false;
    };
  }

  /** Checks a package that is complete, and switches to it: at the start, before anything that a package replaces is used. @param isTrial the firmware may be replaced by the one before */
  settle(isTrial = false): void {
    const { records } = this.#parts;
    const { staged } = records;
    this.#leaveOtherFirmware(isTrial);
    if (!staged || staged.attempts === 0) return;
    this.#try(() => {
      if (staged.attempts > maxAttempts) throw new PackageError("model refused", "checking it ended the program");
      records.putStaged({ ...staged, attempts: staged.attempts + 1 });
      const read = this.#check(staged);
      // Power failed after the switch.
      const isBack = read.back.length > 0;
      if (
        isBack
          ? this.#installed.newest !== read.sequence
          : !isInForce(this.#installed.current, staged.slot, read.sequence)
      ) {
        checkSequence(read, this.#installed.newest);
        if (read.sections.model) this.#parts.checkModel(read.sections as Required<ReadPackage["sections"]>);
        if (isBack) records.putInstalled(withPredecessors(this.#installed, read.back, read.sequence));
        else this.#switchTo(read, staged.slot, staged.bytes);
      }
      records.putStaged(undefined);
      this.#news("accepted", "none", read.sequence, read.name);
      if (isBack) this.#news("confirmed", "none", read.sequence, `${read.back.join(", ")} as before`);
    });
  }

  /** What the packages for this firmware are made for. */
  get #madeFor(): number {
    const { profile, checksum } = this.#parts;
    return checksum(Uint8Array.of(...profile, apiLevel, languageLevel)) >>> 0;
  }

  /** The firmware may be a new one, with another profile or other levels: its own parts are in force then. */
  #leaveOtherFirmware(isTrial: boolean): void {
    const { records } = this.#parts;
    const { newest, madeFor } = this.#installed;
    if (madeFor === 0 || madeFor === this.#madeFor) return;
    const own = ownParts(newest);
    if (isTrial) return void (records.installed = own);
    records.putInstalled(own);
    this.#news("taken back", "other profile", newest, "the firmware has another profile, or other levels");
  }

  #begin({ slot, bytes }: { slot: number; bytes: number }): ReturnType<typeof checkPackage> {
    return checkPackage(this.#parts.slots.view(slot, bytes), this.#parts);
  }

  /** In one go: at the start nothing else runs. */
  #check(staged: { slot: number; bytes: number }): ReadPackage {
    const step = this.#begin(staged);
    let read: ReadPackage | undefined;
    while (!read) read = step();
    return read;
  }

  #switchTo(read: ReadPackage, slot: number, bytes: number): void {
    const { slots, records, checksum } = this.#parts;
    const { sequence, version } = read;
    const part = { sequence, version, slot, bytes, check: checksum(slots.view(slot, bytes)) };
    records.putTrial(newTrial(sequence));
    records.putInstalled(withPackage(this.#installed, read.sections, part, this.#madeFor));
  }

  /** Runs a check; a package that fails is forgotten, and said to be refused. @param mayLack perhaps not all of it has come */
  #try(run: () => void, mayLack = false): boolean {
    try {
      run();
      return true;
    } catch (error) {
      const { records } = this.#parts;
      const reason = error instanceof PackageError ? error.reason : "storage";
      if (mayLack && isUnread(reason)) {
        this.interrupt(`not all of it had come when the node began anew: ${errorText(error)}`);
        return false;
      }
      const sequence = this.#claimed(reason);
      records.putStaged(undefined);
      this.#news("refused", reason, sequence, errorText(error));
      return false;
    }
  }

  /** To be called once at each start, after `settle`. @param isFailure the program before this one crashed or hung */
  started(isFailure: boolean, isWake: boolean): void {
    if (isFailure && this.isOnProbation) {
      const trial = this.#trial();
      this.#parts.records.putTrial({ ...trial, failures: trial.failures + 1 });
      if (trial.failures + 1 >= maxFailures) this.takeBack("failed starts", `${trial.failures + 1} crashes or hangs`);
    }
    if (!isWake) this.#checkStored();
  }

  /** Of the newest package. */
  #trial() {
    const { trial } = this.#parts.records;
    const { newest } = this.#installed;
    return trial.sequence === newest ? trial : newTrial(newest);
  }

  /** Flash may have lost bits. */
  #checkStored(): void {
    const { slots, checksum } = this.#parts;
    for (const name of ["script", "model"] as const) {
      const { sequence, slot, bytes, check } = this.#installed.current[name];
      if (sequence > 0 && checksum(slots.view(slot, bytes)) >>> 0 !== check >>> 0)
        this.takeBack("storage", `${name} ${sequence} is damaged`, name);
    }
  }

  /** An uplink of this program was acknowledged. */
  acknowledged(): void {
    this.#proved({ isAcknowledged: true });
  }

  /** A window was handled; one in which the app script had a strike proves nothing. */
  windowHandled(): void {
    if (!this.isStruck) this.#proved({ isWindowHandled: true });
    this.isStruck = false;
  }

  /** The app script in force has had a strike: windows before it prove nothing either. */
  scriptStruck(): void {
    if (!this.isOnProbation) return;
    this.isStruck = true;
    const trial = this.#trial();
    if (trial.isWindowHandled) this.#parts.records.putTrial({ ...trial, isWindowHandled: false });
  }

  #proved(what: Partial<Proof>): void {
    if (!this.isOnProbation) return;
    const { records } = this.#parts;
    const trial = withProof(this.#trial(), what);
    if (!trial) return;
    records.putTrial(trial);
    if (!isProved(trial)) return;
    records.putInstalled({ ...this.#installed, probationFrom: 0 });
    this.#news("confirmed", "none", this.#installed.newest, "");
  }

  /**
   * The predecessors are in force again: on probation those of all that has not proved itself, else that of one part, by default the app script's; the firmware's
   * own where there is none.
   * @returns false when there is nothing to take back
   */
  takeBack(reason: Refusal, detail: string, name: "script" | "model" = "script"): boolean {
    const { subject, installed } = withoutPackage(this.#installed, name);
    if (subject === 0) return false;
    this.#parts.records.putInstalled(installed);
    this.#news("taken back", reason, subject, detail);
    this.#parts.onChange();
    return true;
  }

  /** What is in force. */
  state(): ReturnType<typeof stateOf> {
    return stateOf(this.#installed, this.#parts.checksum);
  }

  #news(event: UpdateEvent, reason: Refusal, subject: number, detail: string): void {
    this.#parts.onNews({ event, reason, subject, ...this.state(), detail });
  }
}
