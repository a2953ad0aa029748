import type { FlashPartition } from "../flash/partition.js";
import { MirroredRecords } from "../flash/mirrored.js";

const kinds = { texts: 1, strikes: 2 } as const;
const most = 2048;

/** Of the app script in flash: what it stores, and its strikes. It is read anew at each use: it is seldom used, and RAM is short. */
export class ScriptStorage {
  readonly #open: () => FlashPartition;
  readonly #bytes: number;

  constructor(open: () => FlashPartition, bytes: number) {
    this.#open = open;
    this.#bytes = bytes;
  }

  #records(): MirroredRecords {
    return new MirroredRecords(this.#open(), { name: "app", records: 4, maxPayload: most + 64 });
  }

  #read(kind: number, records = this.#records()): string {
    const record = records.newest(kind, 0);
    return record ? String.fromArrayBuffer(record.payload.slice().buffer) : "";
  }

  #write(kind: number, text: string, records = this.#records()): void {
    records.put(kind, 0, new Uint8Array(ArrayBuffer.fromString(text)));
  }

  #texts(records = this.#records()): Record<string, string> {
    const text = this.#read(kinds.texts, records);
    return text === "" ? {} : (JSON.parse(text) as Record<string, string>);
  }

  load(name: string): string {
    const texts = this.#texts();
    return Object.hasOwn(texts, name) ? texts[name]! : "";
  }

  /** "" removes it. @param onWrite is called before flash is written, which is not for what is stored already @throws RangeError when it does not fit */
  store(name: string, text: string, onWrite: () => void): void {
    const records = this.#records();
    const texts = this.#texts(records);
    if ((Object.hasOwn(texts, name) ? texts[name]! : "") === text) return;
    Object.defineProperty(texts, name, { value: text, enumerable: true, configurable: true, writable: true });
    if (text === "") Reflect.deleteProperty(texts, name);
    const all = JSON.stringify(texts);
    const { byteLength } = ArrayBuffer.fromString(all);
    // Without the braces.
    if (byteLength - 2 > Math.min(most, this.#bytes))
      throw new RangeError(`${byteLength - 2} bytes in all, at most ${this.#bytes} fit`);
    onWrite();
    this.#write(kinds.texts, all, records);
  }

  get strikes(): string {
    return this.#read(kinds.strikes);
  }

  set strikes(text: string) {
    this.#write(kinds.strikes, text);
  }
}
