import { refusals } from "../codec/update.js";
import type { PayloadReceiver, Refused } from "../serial/receiver.js";
import type { UpdateNews } from "./parts.js";
import type { Updates } from "./updates.js";

/** Of `FieldUpdates`. */
interface Field {
  readonly updates: Updates | undefined;
  readonly last: Pick<UpdateNews, "reason" | "detail">;
}

/** Packages off the serial line, into the slots of updates. */
export class PackageReceiver implements PayloadReceiver {
  readonly #field: Field;
  #step: (() => boolean) | undefined;
  #check: (() => boolean) | undefined;
  #number = 0;
  #received = 0;

  constructor(field: Field) {
    this.#field = field;
  }

  begin(bytes: number): Refused | undefined {
    const { updates } = this.#field;
    if (!updates)
      return { code: refusals.indexOf("no public key"), detail: "the description has no updates.publicKey" };
    this.#step = updates.beginInSteps(bytes);
    this.#number = updates.begun;
    this.#received = 0;
    this.#check = undefined;
    return this.#step ? undefined : this.#refused();
  }

  prepare(): boolean {
    const isMore = this.#step?.() ?? false;
    if (!isMore) this.#step = undefined;
    return isMore;
  }

  write(bytes: Uint8Array): undefined {
    this.#begun().write(this.#received, bytes);
    this.#received += bytes.length;
  }

  check(): boolean {
    this.#check ??= this.#begun().finishInSteps();
    return this.#check();
  }

  finish(): Refused | undefined {
    this.#check = undefined;
    return this.#begun().isStaged ? undefined : this.#refused();
  }

  isTaken(): boolean {
    return this.#field.updates?.isStaged ?? false;
  }

  /** What has come is left: the next package takes its place. */
  cancel(): void {
    this.#step = this.#check = undefined;
  }

  #begun() {
    const { updates } = this.#field;
    if (updates?.begun !== this.#number) throw new Error("another package has come meanwhile");
    return updates;
  }

  #refused(): Refused {
    const { reason, detail } = this.#field.last;
    return { code: refusals.indexOf(reason), detail };
  }
}
