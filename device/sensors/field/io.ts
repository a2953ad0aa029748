/** The parts of ECMA-419's I2C and Analog that the sensor classes use: the SDK's on the board, simulated ones in tests. */

export interface I2CBus {
  write(bytes: Uint8Array): unknown;
  /** Fills the buffer. */
  read(bytes: Uint8Array): unknown;
  close(): void;
}

export interface I2COptions {
  io: new (options: { data: number; clock: number; address: number; hz: number }) => I2CBus;
  data: number;
  clock: number;
  address: number;
  hz: number;
}

export interface AnalogPin {
  readonly resolution: number;
  read(): number;
  close(): void;
}

export interface AnalogOptions {
  io: new (options: { pin: number }) => AnalogPin;
  pin: number;
}
