/** The node description's types. Generated from its schema (host-tools/node/schema) by `npm run generate`: do not edit. */

/** The description of a node (node.config.json): one file that the node, the trainer and the simulator read. */
export interface NodeConfig {
  /** Path of `node.schema.json`, so that editors can validate and autocomplete the file. Without it: Editors neither validate nor autocomplete the file. */
  $schema?: string;
  /** Display name of the node. */
  name: string;
  /** The development board (docs/boards.md). `chip` and `radio.board` come from it, except for what stands there; pins that the board itself uses are refused elsewhere. Without it: `chip` and `radio.board` describe the board. */
  board?:
    "heltec-v3" | "lilygo-t3" | "xiao-esp32c3-wio" | "xiao-esp32s3-wio" | "xiao-esp32s3-wio-kit" | "esp32-devkitc";
  /** The node's microcontroller; pins are validated for it. With `board` that of the board. Default: "esp32". */
  chip?: "esp32" | "esp32s3" | "esp32c3";
  /** The sensors; features follow their order. */
  sensors: SensorConfig[];
  window: WindowConfig;
  /** The network's input, computed from the window. */
  features: FeaturesConfig;
  /** What the network is for: to tell `classes` apart, or `anomaly`: to learn without labels what is normal, and tell what is not. Then there are two classes, the first for what training shows. Default: "classes". */
  task?: "classes" | "anomaly";
  /** The classes that the network distinguishes; the labels in recordings. */
  classes: string[];
  model: ModelConfig;
  policy: PolicyConfig;
  /** The outputs that the node can switch. */
  actuators: ActuatorConfig[];
  outbox: OutboxConfig;
  /** The battery's voltage. Without it: The node reports its battery as unknown. */
  battery?: BatteryConfig;
  /** Whether the node has another supply than a battery: DevStatusAns and the health report say so. A `battery` beside it is measured still. Default: false. */
  externalPower?: boolean;
  /** LoRaWAN settings. */
  radio: RadioConfig;
  /** Settings of the app script. */
  app: AppConfig;
  /** Packages for the node. Without it: The node refuses every package. */
  updates?: UpdatesConfig;
  /** The serial line to a host. Without it: The node has none. */
  serial?: SerialConfig;
}

/** A sensor. */
export interface SensorConfig {
  /** Name of its column in recordings. Not `time` or `label`, which are reserved. */
  name: string;
  /** Unit of the readings, for display. */
  unit: string;
  /** Sample rate, also less than one and fractional: 0.0000115741 is once a day. With hardware: 4, or 1 and less, for `capacitive` and `sht3x`; 4 to 100 for `lis3dh`; up to 50, with whole ms between two samples from 1 on, for `analog`, `loop` and `ecma419`; blocks a second, up to 50, for `microphone`. Each frame must contain a whole number of samples. Unit: Hz. */
  rate: number;
  /** Lowest and highest plausible reading; a reading outside is a fault. Must lie within the hardware's full scale. Unit: the sensor's. */
  range: [number, number];
  /** A reading that stays the same for this long is a fault; 0: never. Unit: s. */
  stuckSeconds: number;
  /** The chip and its wiring. Without it: The sensor exists only in recordings, not on a board. */
  hardware?: SensorHardware;
}

/** How a sensor is wired. */
export type SensorHardware =
  ProbeHardware | Sht3xHardware | Lis3dhHardware | AnalogHardware | LoopHardware | MicrophoneHardware | Ecma419Hardware;

/** A capacitive probe. Its output falls as the soil gets wetter. */
export interface ProbeHardware {
  /** A capacitive probe on an analog pin. */
  chip: "capacitive";
  /** An analog pin. Unit: GPIO. */
  pin: number;
  /** Two-point calibration. */
  calibration: ProbeCalibration;
  /** The pin that supplies the sensor only while it is needed. Without it: The sensor is always supplied. */
  power?: SensorPower;
}

/** Two-point linear calibration of a capacitive probe. */
export interface ProbeCalibration {
  /** Reading of the pin in dry soil, as a fraction of full scale. */
  dry: number;
  /** Reading of the pin in wet soil, as a fraction of full scale; must differ from `dry`. */
  wet: number;
  /** The sensor's value at `dry`, in its unit. */
  dryValue: number;
  /** The sensor's value at `wet`, in its unit. */
  wetValue: number;
}

/** A switched supply: on for `warmUpSeconds` and the window; for `capacitive`, `analog` and `loop` at a rate of 4, or of 1 and less, only around each sample, when the warm-up leaves time to switch it off in between. */
export interface SensorPower {
  /** Output pin that supplies the sensor, or that switches its supply. Unit: GPIO. */
  pin: number;
  /** The pin's level that supplies the sensor. Default: 1. */
  level?: 0 | 1;
  /** From the supply to the first sample. Sensors that share the pin wait for the slowest. Unit: s. Default: 0. */
  warmUpSeconds?: number;
}

/** Temperature in °C or relative humidity in %. */
export interface Sht3xHardware {
  /** Sensirion SHT30, SHT31 or SHT35, temperature and humidity. */
  chip: "sht3x";
  /** The quantity to report; two sensors may share the chip, with the same `rate` and wiring. */
  quantity: "temperature" | "humidity";
  /** I2C data. Chips on the same two pins share the bus. Unit: GPIO. */
  data: number;
  /** I2C clock. Unit: GPIO. */
  clock: number;
  /** I2C clock frequency for this chip. Unit: Hz. Default: 400000. */
  hz?: number;
  /** 7 bits: 68 is 0x44, 69 is 0x45. */
  address: 68 | 69;
  /** The pin that supplies the sensor only while it is needed. Without it: The sensor is always supplied. */
  power?: SensorPower;
}

/** Acceleration in m/s²; gravity is part of it, unless `highPass` is true. */
export interface Lis3dhHardware {
  /** STMicroelectronics LIS3DH, acceleration. */
  chip: "lis3dh";
  /** The axis that is reported; up to three sensors share the chip, with the same `rate`, wiring and settings. */
  axis: Axis;
  /** I2C data. Chips on the same two pins share the bus. Unit: GPIO. */
  data: number;
  /** I2C clock. Unit: GPIO. */
  clock: number;
  /** I2C clock frequency for this chip. Unit: Hz. Default: 400000. */
  hz?: number;
  /** 7 bits: 24 is 0x18, 25 is 0x19. */
  address: 24 | 25;
  /** Measuring range, plus or minus. Unit: g. Default: 2. */
  fullScale?: 2 | 4 | 8 | 16;
  /** Whether the chip's high-pass filter removes gravity and slow movement: below a 200th of its output data rate (0.5 Hz for rates above 50 Hz, 0.25 Hz above 25 Hz). Recordings must have been made with the same setting. Default: false. */
  highPass?: boolean;
  /** The pin that supplies the sensor only while it is needed. Without it: The sensor is always supplied. */
  power?: SensorPower;
}

export type Axis = "x" | "y" | "z";

/** `scale` times the volts at the pin, plus `offset`. */
export interface AnalogHardware {
  /** A voltage on an analog pin, such as a battery's behind a divider. */
  chip: "analog";
  /** An analog pin, which measures 0.15 to 2.45 V. Unit: GPIO. */
  pin: number;
  /** The sensor's value per volt at the pin: with two equal resistors as divider, 2. Default: 1. */
  scale?: number;
  /** The sensor's value at 0 V. Default: 0. */
  offset?: number;
  /** Readings of the pin that a sample is the mean of. Default: 8. */
  averaging?: number;
  /** The pin that supplies the sensor only while it is needed. Without it: The sensor is always supplied. */
  power?: SensorPower;
}

/** A current below 3.6 or above 21 mA is a missing sample: a broken wire or a fault of the transmitter. */
export interface LoopHardware {
  /** A 4 to 20 mA current loop across a resistor on an analog pin. */
  chip: "loop";
  /** An analog pin, which measures 0.15 to 2.45 V. Unit: GPIO. */
  pin: number;
  /** The resistor that the current flows through. Unit: Ω. */
  ohms: number;
  /** The sensor's value at 4 mA, in its unit. */
  at4: number;
  /** The sensor's value at 20 mA, in its unit; must differ from `at4`. */
  at20: number;
  /** Readings of the pin that a sample is the mean of. Default: 8. */
  averaging?: number;
  /** The pin that supplies the sensor only while it is needed. Without it: The sensor is always supplied. */
  power?: SensorPower;
}

/** Levels in dB, each of a block of sound as long as the time between two samples of the sensor. */
export interface MicrophoneHardware {
  /** An I2S microphone; sensors share it, one of them or more for its level and for bands. */
  chip: "microphone";
  /** The sensor reports the level of this band, lower limit inclusive, upper exclusive. Unit: Hz. Without it: It reports the level of all the sound. */
  band?: [number, number];
  /** Sample rate of the sound: a multiple of the sensor's rate. Unit: Hz. Default: 16000. */
  sampleRate?: number;
  /** FFT length of bands: a power of two, at most `sampleRate` / `rate`. Default: 512. */
  size?: number;
  /** I2S bit clock (SCK, BCLK). Unit: GPIO. */
  clock: number;
  /** I2S word select (WS, LRCLK). Unit: GPIO. */
  select: number;
  /** I2S data from the microphone (SD). Unit: GPIO. */
  data: number;
  /** The channel that the microphone uses: left when its L/R pin is low. Default: "left". */
  slot?: "left" | "right";
  /** Its level at 94 dB of sound pressure, from the data sheet (INMP441: -26). Unit: dBFS. Without it: Levels are in dBFS, 0 for a sine at full scale; with it in dB of sound pressure. */
  sensitivity?: number;
  /** The pin that supplies the sensor only while it is needed. Without it: The sensor is always supplied. */
  power?: SensorPower;
}

/** A driver after ECMA-419's sensor class pattern, read `rate` times a second: docs/sensors.md has a table of the SDK's. */
export interface Ecma419Hardware {
  /** Any chip that the Moddable SDK, or the node's folder, has an ECMA-419 sensor driver for. */
  chip: "ecma419";
  /** The driver's module, such as `embedded:sensor/Barometer-Temperature/BMP280`. */
  driver: string;
  /** The manifest that has the driver, relative to this file: `./drivers/manifest.json`. Without it: The SDK's manifest of the driver. */
  manifest?: string;
  /** The value in the driver's sample: `temperature`, `accelerometer.x`; several sensors may share the driver. */
  quantity: string;
  /** How the chip is wired. */
  sensor: Ecma419Bus;
  /** Passed to the driver's `configure`. Without it: `configure` gets an empty object. */
  settings?: Record<string, unknown>;
  /** The sensor's value per unit of the driver's. Default: 1. */
  scale?: number;
  /** The sensor's value where the driver's is 0. Default: 0. */
  offset?: number;
  /** The lowest and highest value that the chip gives with these settings; `range` must lie within. Unit: the sensor's. Without it: `range` is not compared with the chip. */
  fullScale?: [number, number];
  /** The pin that supplies the sensor only while it is needed. Without it: The sensor is always supplied. */
  power?: SensorPower;
}

/** The option `sensor` of the driver's constructor. */
export type Ecma419Bus = Ecma419I2C | Ecma419Pin;

/** A chip on I2C. The SDK's drivers take `smbus`, unless they read and write bytes. */
export interface Ecma419I2C {
  /** The driver's `sensor.io`: `embedded:io/smbus` or `embedded:io/i2c`. */
  io: "smbus" | "i2c";
  /** I2C data. Chips on the same two pins share the bus. Unit: GPIO. */
  data: number;
  /** I2C clock. Unit: GPIO. */
  clock: number;
  /** I2C clock frequency for this chip. Unit: Hz. Default: 400000. */
  hz?: number;
  /** 7 bits. */
  address: number;
}

/** A sensor on one pin. */
export interface Ecma419Pin {
  /** The driver's `sensor.io`: `embedded:io/analog` or `embedded:io/digital`. */
  io: "analog" | "digital";
  /** The pin. Unit: GPIO. */
  pin: number;
}

/** The samples that one verdict is computed from. */
export interface WindowConfig {
  /** Length of a window. Unit: s. */
  seconds: number;
  /** Interval between the starts of two windows. Less than `seconds`: windows overlap, each with memory of its own; then each sensor has a whole number of samples in it. Unit: s. */
  everySeconds: number;
  /** Number of equal parts of the window; each gives one row of features. */
  frames: number;
}

/** The network's input, computed from a window. At least one feature. */
export interface FeaturesConfig {
  /** Computed for each sensor, and each magnitude: `rms` of the samples as they are; `skewness`, `kurtosis` (0 for a normal distribution) and `crest` (greatest distance over standard deviation) about their mean; `zeroCrossings`: how often a second they go through it. */
  statistics: Statistic[];
  /** Of some sensors or magnitudes, other statistics than `statistics`; an empty list: none. Without it: All have the same. */
  statisticsOf?: Record<
    string,
    ("mean" | "variance" | "rate" | "min" | "max" | "rms" | "skewness" | "kurtosis" | "crest" | "zeroCrossings")[]
  >;
  /** Lengths of vectors whose axes are sensors: they have statistics and spectra as a sensor has. Without it: There are none. */
  magnitudes?: MagnitudeConfig[];
  /** Statistics and correlations are computed at the end of each frame over this many past seconds (fewer at the window's start), at least one frame. For a sensor with a spectrum: over the frame. Unit: s. */
  spanSeconds: number;
  /** Band energies of sensors. */
  spectra: SpectrumConfig[];
  /** Pairs of sensor names. */
  correlations: [string, string][];
  /** Samples themselves, beside the others or alone. Without it: The network has features only. */
  raw?: RawConfig;
}

export type Statistic =
  "mean" | "variance" | "rate" | "min" | "max" | "rms" | "skewness" | "kurtosis" | "crest" | "zeroCrossings";

/** The root of the sum of several sensors' squares, sample by sample: it stays the same however the node is turned. */
export interface MagnitudeConfig {
  /** Its name, which no sensor has. */
  name: string;
  /** The axes: sensors with the same rate, each once. */
  sensors: string[];
}

/** Band energies of a sensor. */
export interface SpectrumConfig {
  /** Name of the sensor, or magnitude; at most one spectrum of each, and one of its envelope. */
  sensor: string;
  /** Of which the spectrum is: `envelope`, the samples' distances from the frame's mean (full-wave rectification), shows how often something strikes, as a damaged bearing does. Without it: Of the signal. */
  of?: "signal" | "envelope";
  /** FFT length: a power of two, at most the number of samples in a frame. */
  size: number;
  /** Lower (inclusive) and upper (exclusive) limit of each band; one feature per band. Within 0 to half the sensor's rate, and wide enough to contain a bin. Unit: Hz. */
  bands: [number, number][];
}

/** Samples of sensors as they are, for networks that find their own features. */
export interface RawConfig {
  /** Names of the sensors. */
  sensors: string[];
  /** Of each sensor's values: its own rate, or that divided by a whole number, by the mean of so many samples. Each frame has the same whole number of values. Unit: Hz. */
  rate: number;
}

/** The network's memory budget. */
export interface ModelConfig {
  /** Size of the tensor arena; a network that needs more is refused. Unit: bytes. */
  arenaBytes: number;
}

/** When the node acts on a verdict, and when it defers to the cloud. */
export interface PolicyConfig {
  /** The node acts on verdicts with at least this confidence; it defers others to the cloud. */
  threshold: number;
  /** How long a deferred verdict waits for the cloud's decision; it expires after that. Unit: s. */
  decisionSeconds: number;
}

/** A digital output. */
export interface ActuatorConfig {
  /** Used by rules and the app script to switch it. */
  name: string;
  /** Output pin; in its safe state at start. Unit: GPIO. */
  pin: number;
  /** It is switched off when it has been on for this long, whatever the app script does; also during deep sleep. Unit: s. Without it: It may stay on. */
  maxOnSeconds?: number;
  /** Pause after it was switched off, and after a start: until then it is not switched on. Unit: s. Default: 0. */
  minOffSeconds?: number;
  /** Its safe state: after a reset and power-on, when the app script fails, and with `onFault` after a window that is not usable. Default: false. */
  safe?: boolean;
  /** What it does when a window is not usable because of faults of sensors: goes to its safe state, or stays as it is. Default: "safe". */
  onFault?: "safe" | "hold";
}

/** Persistent queue of uplinks. */
export interface OutboxConfig {
  /** Bytes to use of the flash partition "outbox". Unit: bytes. */
  bytes: number;
}

/** The battery, for DevStatusAns and the daily health report. */
export interface BatteryConfig {
  /** Analog pin that the battery is measured at, through a divider. */
  pin: number;
  /** Volts of the battery per volt at the pin. */
  ratio: number;
  /** The pin that connects the divider. With `board` that of the board. Without it: The divider is always connected. */
  enable?: BatteryEnable;
  /** Voltage of an empty battery. Unit: V. */
  empty: number;
  /** Voltage of a full one; more than `empty`. Unit: V. */
  full: number;
}

/** A pin that connects the battery's divider. */
export interface BatteryEnable {
  /** The pin. */
  pin: number;
  /** Its level while the battery is measured; otherwise it is an input. */
  level: 0 | 1;
}

/** LoRaWAN: credentials (OTAA or ABP), link settings, radio board. */
export interface RadioConfig {
  /** The radio chip and its wiring. With `board` above it may be left out, or hold `chip` and the keys that differ from the board's. */
  board: RadioBoard;
  /** Region (RP002 regional parameters). */
  region:
    | "EU868"
    | "US915"
    | "AU915"
    | "AS923-1"
    | "AS923-1-JP"
    | "AS923-2"
    | "AS923-3"
    | "AS923-4"
    | "IN865"
    | "KR920"
    | "RU864"
    | "EU433"
    | "CN470";
  /** DevEUI, most significant byte first. */
  devEui: string;
  /** JoinEUI (AppEUI), most significant byte first. Without it: With `abp` only. */
  joinEui?: string;
  /** AppKey. Secret: never shown in messages or reports. Without it: With `abp` only. */
  appKey?: string;
  /** A session that is set on both sides: the node does not join. Without it: The node joins (OTAA). */
  abp?: AbpConfig;
  /** ADR: the network controls data rate and power. Default: true. */
  adr?: boolean;
  /** Data rate before ADR; one that the region's default channels have. Without it: The region's lowest data rate. */
  dataRate?: number;
  /** CN470: the channel plan of the network, for antennas of 20 or 26 MHz; "20" or "26": the antenna, for a node that joins. Without it: The plan in whose join channel a join request is heard; with `abp` it is needed. */
  channelPlan?: "20" | "26" | "20A" | "20B" | "26A" | "26B";
  /** US915, AU915 and CN470: the sub-band of eight channels that the network uses. Without it: The one in which a join request is heard, until the network enables others. */
  subBand?: number;
  /** Antenna gain over isotropic, less the cable's loss. The chip's power is the EIRP that the region allows less this. 2.15 is a half-wave dipole. Unit: dBi. Default: 2.15. */
  antennaGain?: number;
  /** Maximum error of the node's clock; receive windows open earlier and stay open longer by this much. Unit: ppm. Default: 20. */
  clockErrorPpm?: number;
  /** Additional timing uncertainty of a receive window (timer granularity). Unit: ms. Default: 2. */
  timingErrorMs?: number;
  /** Number of uplinks without a downlink after which the node sends join requests beside its uplinks; 0: never. Default: 400. */
  silenceLimit?: number;
  /** Whether JoinNonce must increase, as LoRaWAN 1.0.4 requires; false for older join servers that choose it at random. Default: true. */
  joinNonceCounter?: boolean;
}

/** The radio chip, and properties of the board that the chip cannot report. */
export type RadioBoard = Sx126xBoard | Sx127xBoard;

/** A board with an SX1261, SX1262 or SX1268. */
export interface Sx126xBoard {
  /** Semtech SX1261, SX1262 or SX1268, which reaches the regions at 433 and 470 MHz only. */
  chip: "sx1261" | "sx1262" | "sx1268";
  /** Pins that the radio chip is wired to. Without it: The node can be simulated, but not built for a board. */
  pins?: Sx126xPins;
  /** Voltage of a TCXO supplied by DIO3; 0: a crystal. Unit: V. Default: 0. */
  tcxoVoltage?: 0 | 1.6 | 1.7 | 1.8 | 2.2 | 2.4 | 2.7 | 3 | 3.3;
  /** Start-up time of the TCXO. Unit: ms. Default: 5. */
  tcxoDelay?: number;
  /** Regulator of the chip; "ldo" works on every board. Default: "ldo". */
  regulator?: "ldo" | "dcdc";
  /** Control of the RF switch: by DIO2 (if that switches only to the transmitter, with the pin `rxEnable`), by the pins `txEnable` and `rxEnable`, or none. Default: "none". */
  rfSwitch?: "none" | "dio2" | "pins";
  /** Maximum output power at the chip's pin that the board or its filter supports. Unit: dBm. Without it: What the chip can give all the time: 22, an SX1261 14. */
  maxPower?: number;
  /** Gain of the receiver: "boosted" hears packets that are some 3 dB weaker, "power saving" takes less current in receive windows. Default: "boosted". */
  rxGain?: "boosted" | "power saving";
}

/** Pins of an SX1261 or SX1262. */
export interface Sx126xPins {
  /** SPI host: 1 is SPI2, 2 is SPI3 (an ESP32-C3 has only 1). Default: 2. */
  spi?: number;
  /** SPI clock (SCK). Unit: GPIO. */
  clock: number;
  /** SPI data to the chip (MOSI). Unit: GPIO. */
  dataOut: number;
  /** SPI data from the chip (MISO). Unit: GPIO. */
  dataIn: number;
  /** SPI chip select (NSS). Unit: GPIO. */
  select: number;
  /** SPI clock frequency. Unit: Hz. Default: 8000000. */
  frequency?: number;
  /** Reset of the radio chip (NRESET). Unit: GPIO. */
  reset: number;
  /** RF switch to the transmitter, with `rfSwitch` "pins". Unit: GPIO. Without it: Not connected. */
  txEnable?: number;
  /** RF switch to the receiver, with `rfSwitch` "pins" or "dio2". Unit: GPIO. Without it: Not connected. */
  rxEnable?: number;
  /** BUSY. Unit: GPIO. */
  busy: number;
  /** DIO1, the interrupt. Unit: GPIO. */
  dio1: number;
}

/** A board with an SX1272, SX1276 or SX1278. */
export interface Sx127xBoard {
  /** Semtech SX1272, SX1276 or SX1278; an SX1278 reaches the regions at 433 and 470 MHz only, an SX1272 those above 860 MHz. (An SX1277 supports at most SF9.) */
  chip: "sx1272" | "sx1276" | "sx1278";
  /** Pins that the radio chip is wired to. Without it: The node can be simulated, but not built for a board. */
  pins?: Sx127xPins;
  /** More than 0: a TCXO; 0: a crystal. Unit: V. Default: 0. */
  tcxoVoltage?: number;
  /** Start-up time of the TCXO. Unit: ms. Default: 5. */
  tcxoDelay?: number;
  /** Control of the RF switch: by the pins `txEnable` and `rxEnable`, or none. Default: "none". */
  rfSwitch?: "none" | "pins";
  /** The PA output that the antenna is connected to: PA_BOOST or RFO. Default: "boost". */
  paPin?: "boost" | "rfo";
  /** Maximum output power at the chip's pin that the board or its filter supports. Unit: dBm. Without it: What the chip can give all the time: 17, on RFO 14. */
  maxPower?: number;
}

/** Pins of an SX1272 or SX1276. */
export interface Sx127xPins {
  /** SPI host: 1 is SPI2, 2 is SPI3 (an ESP32-C3 has only 1). Default: 2. */
  spi?: number;
  /** SPI clock (SCK). Unit: GPIO. */
  clock: number;
  /** SPI data to the chip (MOSI). Unit: GPIO. */
  dataOut: number;
  /** SPI data from the chip (MISO). Unit: GPIO. */
  dataIn: number;
  /** SPI chip select (NSS). Unit: GPIO. */
  select: number;
  /** SPI clock frequency. Unit: Hz. Default: 8000000. */
  frequency?: number;
  /** Reset of the radio chip (NRESET). Unit: GPIO. */
  reset: number;
  /** RF switch to the transmitter, with `rfSwitch` "pins". Unit: GPIO. Without it: Not connected. */
  txEnable?: number;
  /** RF switch to the receiver, with `rfSwitch` "pins". Unit: GPIO. Without it: Not connected. */
  rxEnable?: number;
  /** DIO0, the interrupt. Unit: GPIO. */
  dio0: number;
  /** DIO1. Unit: GPIO. */
  dio1: number;
}

/** ABP: a session that the network server has, too. MAC commands change its settings later; these take effect when the session begins, with other keys or another DevAddr. */
export interface AbpConfig {
  /** DevAddr, most significant byte first. */
  devAddr: string;
  /** NwkSKey. Secret, as AppKey. */
  nwkSKey: string;
  /** AppSKey. Secret, as AppKey. */
  appSKey: string;
  /** Delay of RX1; RX2 is a second later. Unit: s. Default: 1. */
  rxDelay?: number;
  /** RX1DROffset. Default: 0. */
  rx1Offset?: number;
  /** Data rate of RX2. Without it: The region's. */
  rx2DataRate?: number;
  /** Frequency of RX2. Unit: Hz. Without it: The region's. */
  rx2Frequency?: number;
  /** Channels beside the region's default ones, where the network has more. Unit: Hz. Without it: The default channels. */
  channels?: number[];
}

/** Settings of the app script, which reads them as `api.config`. */
export interface AppConfig {
  /** For each class, the actuators to switch on (true) or off (false); others are left unchanged. Used by the built-in app script. Without it: No actuator is switched. */
  rules?: Record<string, Record<string, boolean>>;
  /** Settings for your own app script, passed to it unchanged. Without it: No settings. */
  settings?: Record<string, unknown>;
  /** What the script may take. Without it: Each limit has its default. */
  limits?: LimitsConfig;
}

/** What an app script may take. One that takes more is stopped; docs/scripts.md. */
export interface LimitsConfig {
  /** Time of the chip that one call of the script may take: its start, an event, a timer. Unit: s. Default: 0.5. */
  seconds?: number;
  /** Memory for what the script holds, of which some 4 KB are taken at its start. Outside of `creation.static` of the manifest. Unit: bytes. Default: 20480. */
  bytes?: number;
  /** Stack of the script, 16 bytes a slot. Unit: slots. Default: 384. */
  stack?: number;
  /** Calls of the API in one call of the script. Default: 200. */
  calls?: number;
  /** Times in an hour that the script may switch an actuator. Default: 120. */
  actuationsPerHour?: number;
  /** Times in an hour that the script's timers may be due: each wakes the node. Default: 120. */
  timersPerHour?: number;
  /** Uplinks a day that the script may send besides one report for each verdict. Default: 48. */
  uplinksPerDay?: number;
  /** Bytes that the script may store in flash, keys included. Unit: bytes. Default: 512. */
  storageBytes?: number;
}

/** Replacing app script, network and settings in the field: docs/packages.md. */
export interface UpdatesConfig {
  /** Ed25519 public key; packages signed with its private key are taken. `loam script keygen` makes a pair. */
  publicKey: string;
}

/** A serial line to a host, for packages without radio: docs/serial.md. `{}` on a board whose USB connector leads to a serial chip. */
export interface SerialConfig {
  /** The chip's UART. Default: 0. */
  port?: number;
  /** Bits per second. Unit: bit/s. Default: 115200. */
  baud?: number;
  /** Pin on which the node sends. Unit: GPIO. */
  transmit: number;
  /** Pin on which it hears. Unit: GPIO. */
  receive: number;
}
