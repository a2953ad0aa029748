import type { chipNames } from "../node/chips.js";

/** Currents of a microcontroller at 3.3 V, mA. Wi-Fi and Bluetooth are off. */
export interface ProcessorCurrents {
  /** Running code at full clock. */
  active: number;
  /** Light sleep, RAM retained. */
  lightSleep: number;
  /** Deep sleep with RTC timer and RTC memory. */
  deepSleep: number;
  source: string;
}

const lowPower = 'Espressif\'s ESP-Techpedia, "ESP Low Power Introduction"';

/** Running code: the upper end of 20 to 40 mA, which Espressif gives for chips whose radio is off. */
export const processorCurrents: Readonly<Record<(typeof chipNames)[number], ProcessorCurrents>> = {
  esp32: {
    active: 40,
    lightSleep: 0.8,
    deepSleep: 0.01,
    source: `${lowPower} (active); ESP32 Series Datasheet, "Power Consumption by Power Modes"`,
  },
  esp32s3: { active: 40, lightSleep: 0.24, deepSleep: 0.007, source: lowPower },
  esp32c3: { active: 40, lightSleep: 0.13, deepSleep: 0.005, source: lowPower },
};

/** Currents of a sensor, mA. */
export interface SensorCurrents {
  /** While it is open, during a window; of one with a switched supply: while it is supplied. */
  sampling: number;
  /** The rest of the time, when it is always supplied. */
  idle: number;
  source: string;
}

/** By the driver's chip. LIS3DH: at the data rates that loam uses for up to 100 Hz; SHT3x: one measurement a second. */
export const sensorCurrents: Readonly<Record<string, SensorCurrents>> = {
  capacitive: {
    sampling: 5,
    idle: 5,
    source: "DFRobot SEN0193, operating current: https://wiki.dfrobot.com/Capacitive_Soil_Moisture_Sensor_SKU_SEN0193",
  },
  sht3x: {
    sampling: 0.0077,
    idle: 0.0002,
    source: "SHT3x-DIS data sheet: 600 µA for 12.5 ms a measurement, 0.2 µA idle",
  },
  lis3dh: {
    sampling: 0.02,
    idle: 0.0005,
    source: "LIS3DH data sheet: 20 µA in normal mode at 100 Hz, 0.5 µA in power-down",
  },
};
