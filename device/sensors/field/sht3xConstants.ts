/** Sensirion SHT3x-DIS, datasheet version 6 (March 2020). */

/** Section 4.3, table 9: single shot, high repeatability, no clock stretching. The measurement takes at most 15.5 ms (table 4). */
export const measureHigh = 0x2400;
/** Section 4.5, table 11: stops periodic measurements that an earlier program may have started. */
export const breakPeriodic = 0x3093;
/** Section 4.12, table 20: CRC-8 over each 16-bit word; polynomial x^8 + x^5 + x^4 + 1, initial value 0xFF, no reflection, no final xor. */
export const crcPolynomial = 0x31;
export const crcInitial = 0xff;

/** Section 4.13: °C of a raw word. */
export const celsius = (raw: number): number => -45 + (175 * raw) / 65535;
/** Section 4.13: %RH of a raw word. */
export const relativeHumidity = (raw: number): number => (100 * raw) / 65535;
