/** The SDK's Analog on ESP32: 12 dB of attenuation, readings calibrated to millivolts (modules/io/analog/esp32). */

/** V at the highest reading. */
export const fullScaleVolts = 2.45;
/** V below which the ADC is not linear (ESP32 Series Datasheet, table "ADC calibration results", at 12 dB). */
export const lowestVolts = 0.15;

/** NAMUR NE 43, mA: a current outside is a fault of the transmitter or the wire, not a measurement. */
export const loopLowest = 3.6;
export const loopHighest = 21;
export const loopZero = 4;
export const loopFull = 20;
