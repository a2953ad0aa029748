/** How a sensor is wired: plain types, the `hardware` entry of a sensor in the node description. */

/** Pins and address of a chip on an I2C bus; chips on the same pins share the bus. */
export interface I2CWiring {
  data: number;
  clock: number;
  /** 7 bits. */
  address: number;
  /** Hz. Default 400,000. */
  hz?: number;
}

/** A capacitive probe on an analog pin. Its output falls as the soil gets wetter: `dry` and `wet` are readings from 0 to 1 of the pin's full scale. */
export interface ProbeHardware {
  chip: "capacitive";
  pin: number;
  calibration: { dry: number; wet: number; dryValue: number; wetValue: number };
}

export interface Sht3xHardware extends I2CWiring {
  chip: "sht3x";
  quantity: "temperature" | "humidity";
}

export interface Lis3dhHardware extends I2CWiring {
  chip: "lis3dh";
  /** The axis that is reported, gravity removed. */
  axis: "x" | "y" | "z";
  /** g. Default 2. */
  fullScale?: 2 | 4 | 8 | 16;
}

export type SensorHardware = ProbeHardware | Sht3xHardware | Lis3dhHardware;
