/** What a driver takes where the node description says nothing. */

/** Of the I2C clock. */
export const sensorHz = 400_000;
/** g */
export const lis3dhFullScale = 2;
/** The high-pass filter of an LIS3DH: off, so that the node measures what the chip does. */
export const lis3dhHighPass = false;
/** Readings of an analog pin that a sample is the mean of. */
export const analogAveraging = 8;
/** Hz and points of an I2S microphone's spectra. */
export const microphoneRate = 16_000;
export const microphoneSize = 512;
