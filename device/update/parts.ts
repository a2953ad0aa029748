import type { UpdateStatus } from "../codec/update.js";
import type { ModelSections, PackageCheck } from "./check.js";
import type { UpdateRecords } from "./records.js";
import type { Slots } from "./slots.js";

/** What becomes of a package. */
export interface UpdateNews extends Omit<UpdateStatus, "sequence" | "time"> {
  /** For people. */
  detail: string;
}

export interface UpdatesParts extends PackageCheck {
  slots: Slots;
  records: UpdateRecords;
  /** @throws PackageError */
  checkModel(sections: ModelSections): void;
  /** CRC-32 */
  checksum(bytes: Uint8Array): number;
  onNews(news: UpdateNews): void;
  /** A package of so many bytes is ended by another one before it could be taken. @param sequence of one that was complete, as it says itself; undefined: it was not */
  onEnded(bytes: number, sequence: number | undefined): void;
  /** What is in force is other than what runs: the program is to begin anew. */
  onChange(): void;
}
