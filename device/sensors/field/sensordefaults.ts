/** What a driver takes where the node description says nothing. */

/** Of the I2C clock. */
export const sensorHz = 400_000;
/** g */
export const lis3dhFullScale = 2;
