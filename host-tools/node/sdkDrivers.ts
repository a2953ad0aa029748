/**
 * Sensor drivers of the Moddable SDK 8.2.3: the module's name after `embedded:sensor/`, and the folder of its manifest in modules/drivers/sensors.
 * Without those for touch screens, which have no value to learn from, and those that need another io than a bus or a pin (HC-SR04, PZEM-004T).
 */
const folders = {
  "Accelerometer-Gyroscope-Magnetometer/BMI270": "bmi270",
  "Accelerometer-Gyroscope/MPU6050": "mpu6050",
  "Accelerometer-Gyroscope/MPU6886": "mpu6886",
  "Accelerometer-Gyroscope/MPU9250": "mpu9250",
  "Accelerometer-Gyroscope/QMI8658": "qmi8658",
  "Accelerometer-Gyroscope/SH200Q": "sh200q",
  "Accelerometer/LIS3DH": "lis3dh",
  "AmbientLight-Gesture-Proximity/APDS9960": "apds9960",
  "AmbientLight-Proximity/LTR553ALS": "ltr553als",
  "AmbientLight-Proximity/VL6180": "vl6180",
  "AmbientLight/APDS9301": "apds9301",
  "Barometer-Humidity-Temperature/BME68x": "bme68x",
  "Barometer-Temperature/BMP180": "bmp180",
  "Barometer-Temperature/BMP280": "bmp280",
  "CarbonDioxideGasSensor-VOCSensor/CCS811": "ccs811",
  "Gesture/PAJ7620U2": "paj7620u2",
  "Gyroscope/L3GD20": "l3gd20",
  "Humidity-Temperature/AHT10": "aht10",
  "Humidity-Temperature/AM2320": "am2320",
  "Humidity-Temperature/SHT3x": "sht3x",
  "Humidity-Temperature/SHTC3": "shtc3",
  "Humidity-Temperature/SI7020": "si7020",
  "Magnetometer/AK8963": "ak8963",
  "Magnetometer/HMC5883": "hmc5883",
  "Oxygen/SEN0322": "sen0322",
  "Proximity-Temperature/URM09": "urm09",
  "SoilMoistureSensor/Capacitive": "capacitiveMoisture",
  "SoilMoistureSensor/ZIOQWIICMOISTURE": "zioQwiicSoilMoisture",
  "Switch/TTP223": "ttp223",
  "Temperature/AMG88xx": "amg88xx",
  "Temperature/LM75": "lm75",
  "Temperature/MLX90614": "mlx90614",
  "Temperature/NTC_Thermistor": "ntcThermistor",
  "Temperature/TMP102": "tmp102",
  "Temperature/TMP117": "tmp117",
} as const;

const prefix = "embedded:sensor/";

/** Drivers of the SDK 8.2.3 whose `sample` throws each time, and the one that reads the chip by the same commands. */
const broken: Readonly<Record<string, string>> = {
  "Humidity-Temperature/HTU21D": "Humidity-Temperature/SI7020",
};

/** Names of the modules. */
export const sdkDrivers: readonly string[] = Object.keys(folders).map((name) => prefix + name);

/** The manifest of one of the SDK's drivers; undefined when the SDK has no module of that name. */
export function sdkDriverManifest(module: string): string | undefined {
  const folder = sdkDrivers.includes(module) ? folders[module.slice(prefix.length) as keyof typeof folders] : undefined;
  return folder && `$(MODDABLE)/modules/drivers/sensors/${folder}/manifest.json`;
}

/** What to take for a driver of the SDK that does not work; undefined for others. */
export function sdkDriverInstead(module: string): string | undefined {
  const other = Object.entries(broken).find(([name]) => prefix + name === module)?.[1];
  return other && prefix + other;
}
