/** ECMA-419's audio input, of a file. */
import Resource from "Resource";

type OnReadable = (bytes: number) => void;

/** Bytes of a block: those that the microphone's driver reads at once. */
const block = 1024;
const sound = new Uint8Array(new Resource("sound.bin").slice(0));
let at = 0;
let tell: OnReadable | undefined;

export default class RecordedSound {
  /** Brings the next block to the driver. @returns whether there was a whole one */
  static more(): boolean {
    if (at + block > sound.length) return false;
    tell!(block);
    return true;
  }

  constructor({ onReadable }: { onReadable: OnReadable }) {
    tell = onReadable;
  }

  start(): void {}
  close(): void {}

  read(into: ArrayBuffer): number {
    new Uint8Array(into).set(sound.subarray(at, at + into.byteLength));
    at += into.byteLength;
    return into.byteLength;
  }
}
