/** A driver as one has it in the folder of a node: TI's TMP102, temperature over SMBus (data sheet SBOS397, 7.5). */
interface Bus {
  readUint16(register: number, isBigEndian: boolean): number;
  writeUint16(register: number, value: number, isBigEndian: boolean): void;
  close(): void;
}
interface Options {
  sensor: { io: new (options: object) => Bus };
}

export default class TMP102 {
  readonly #io: Bus;

  constructor({ sensor }: Options) {
    const { io: IO, ...wiring } = sensor;
    this.#io = new IO(wiring);
  }

  configure({ extendedRange = false }: { extendedRange?: boolean }): void {
    this.#io.writeUint16(1, extendedRange ? 0x60b0 : 0x60a0, true);
  }

  sample(): { temperature: number } {
    const raw = this.#io.readUint16(0, true);
    const isExtended = raw & 1;
    return { temperature: ((raw << 16) >> (isExtended ? 19 : 20)) * 0.0625 };
  }

  close(): void {
    this.#io.close();
  }
}
