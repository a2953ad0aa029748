/** What a driver takes where the node description says nothing. */

/** Of the I2C clock. */
export const sensorHz = 400_000;
/** g */
export const lis3dhFullScale = 2;
/** The high-pass filter of an LIS3DH: off, so that the node measures what the chip does. */
export const lis3dhHighPass = false;
