/** STMicroelectronics LIS3DH, datasheet DocID17530 Rev 2, sections 7 and 8; application note AN3308 for the FIFO and the filter. */

/** 8.6: WHO_AM_I, always 0x33. */
export const whoAmI = 0x0f;
export const identity = 0x33;
/** 8.8: output data rate (bits 7-4), low power (3), axes on (2-0). */
export const controlReg1 = 0x20;
export const allAxes = 0x07;
/** 8.9: high-pass filter. Normal mode, HPCF = 10 (a 200th of the output rate: 0.5 Hz at 100 Hz, AN3308), FDS: filtered data to outputs and FIFO. 0: as measured. */
export const controlReg2 = 0x21;
export const withoutGravity = 0x28;
export const noFilter = 0x00;
/** 8.11: block data update (7), full scale (5-4), high resolution (3). Normal mode (HR = 0) has a bandwidth of half the output rate, high resolution a ninth (table 9). */
export const controlReg4 = 0x23;
export const blockDataUpdate = 0x80;
/** 8.12: FIFO on. */
export const controlReg5 = 0x24;
export const fifoOn = 0x40;
/** 8.14: reading it sets the high-pass filter's reference to the current acceleration. */
export const reference = 0x26;
/** 8.16: six bytes, X, Y, Z, low byte first; in a burst read the address wraps around and empties the FIFO (AN3308). */
export const outputs = 0x28;
/** 7 (I2C operation): this bit of the register address enables auto-increment. */
export const countUp = 0x80;
/** 8.19: FIFO mode in bits 7-6. Bypass mode empties it. */
export const fifoControl = 0x2e;
export const bypassMode = 0x00;
export const streamMode = 0x80;
/** 8.20: overrun (6: full; the next sample replaces the oldest), empty (5), unread samples (4-0). */
export const fifoSource = 0x2f;
export const overrun = 0x40;
export const empty = 0x20;
export const unread = 0x1f;
export const fifoDepth = 32;

/** 8.8, table 31: Hz, and the ODR code. 200 Hz and more would fill the FIFO between two reads. */
export const outputRates: readonly (readonly [hz: number, code: number])[] = [
  [10, 0x20],
  [25, 0x30],
  [50, 0x40],
  [100, 0x50],
];
/** 8.11: code of the full scale, and table 4: mg per digit of the left-justified 10 bits in normal mode. */
export const fullScales = {
  2: { code: 0x00, mg: 4 },
  4: { code: 0x10, mg: 8 },
  8: { code: 0x20, mg: 16 },
  16: { code: 0x30, mg: 48 },
} as const;
export const gravity = 9.80665;
