interface SerialOptions {
  port: number;
  baud: number;
  transmit?: number;
  receive?: number;
  format?: "buffer";
  onReadable?: (this: Serial, bytes: number) => void;
}

/** ECMA-419's serial, on the simulated board's UART (simSerial.c): FIFOs of 128 bytes, as an ESP32's, and the time that bytes take on the line. */
export default class Serial extends (Native("xs_simserial_destructor") as new () => object) {
  constructor({ baud, format, onReadable }: SerialOptions) {
    super();
    if (format !== "buffer") throw new RangeError('Serial: the format must be "buffer"');
    native("xs_simserial").call(this, baud, onReadable ?? (() => {}));
  }

  /** @returns undefined when nothing has come */
  read(): ArrayBuffer | undefined {
    return native("xs_simserial_read").call(this) as ArrayBuffer | undefined;
  }

  /** @throws when the FIFO has no room for all of it */
  write(bytes: ArrayBuffer | Uint8Array): void {
    native("xs_simserial_write").call(this, bytes);
  }

  close(): void {
    native("xs_simserial_close").call(this);
  }
}
