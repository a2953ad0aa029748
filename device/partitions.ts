import Flash from "flash";
import { errorText } from "./errortext.js";
import { GuardedFlash } from "./flash/guarded.js";
import type { Journal } from "./uplinksender.js";

/** The flash's partitions: what fails in them is counted. */
export class Partitions {
  readonly #journal: Journal;
  #errors = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  open(partition: string): GuardedFlash {
    return new GuardedFlash(new Flash(partition) as never, (what, error) => {
      this.#errors++;
      this.#journal("flash failed", { partition, what, error: errorText(error) });
    });
  }

  /** Accesses that have failed since it was asked last. */
  takeErrors(): number {
    const errors = this.#errors;
    this.#errors = 0;
    return errors;
  }
}
