/** The node description's types. Generated from its schema (host-tools/node/schema) by `npm run generate`: do not edit. */

/** The description of a node (node.config.json): one file that the node, the trainer and the simulator read. */
export interface NodeConfig {
  /** Where `node.schema.json` lies, for editors that complete and check as you type. Without it: No help from the editor. */
  $schema?: string;
  /** The node's name, for people to read. */
  name: string;
  /** The chip that it runs on; pins are checked against it. Default: "esp32". */
  chip?: "esp32" | "esp32s3" | "esp32c3";
  /** In the order in which features name them. */
  sensors: SensorConfig[];
  window: WindowConfig;
  /** What the network sees of it. */
  features: FeaturesConfig;
  /** What the network can tell apart; labels in recordings. */
  classes: string[];
  model: ModelConfig;
  policy: PolicyConfig;
  /** What it can switch. */
  actuators: ActuatorConfig[];
  outbox: OutboxConfig;
  /** LoRaWAN. */
  radio: RadioConfig;
  /** For the app script. */
  app: AppConfig;
}

/** A sensor. */
export interface SensorConfig {
  /** Its column in recordings. Not `time` or `label`, which are columns too. */
  name: string;
  /** Of its readings, for people to read. */
  unit: string;
  /** Samples a second: 1 or 4 for `capacitive` and `sht3x`, a multiple of 4 up to 100 for `lis3dh`. Each frame must hold a whole number of them. Unit: Hz. */
  rate: number;
  /** Lowest and highest plausible reading; one outside is a fault. Inside the hardware's full scale. Unit: the sensor's. */
  range: [number, number];
  /** The same reading for this long is a fault; 0: never. Unit: s. */
  stuckSeconds: number;
  /** The chip and its wiring. Without it: The sensor exists in recordings only, not on a board. */
  hardware?: SensorHardware;
}

/** How a sensor is wired. */
export type SensorHardware = ProbeHardware | Sht3xHardware | Lis3dhHardware;

/** A capacitive probe. Its output falls as the soil gets wetter. */
export interface ProbeHardware {
  /** A capacitive probe on an analog pin. */
  chip: "capacitive";
  /** An analog pin. Unit: GPIO. */
  pin: number;
  /** Two calibrated points. */
  calibration: ProbeCalibration;
}

/** Two points of a capacitive probe, and the straight line through them. */
export interface ProbeCalibration {
  /** The pin's level in dry soil, as a share of its full scale. */
  dry: number;
  /** The pin's level in wet soil; another one than `dry`. */
  wet: number;
  /** What the sensor reads at `dry`, in its unit. */
  dryValue: number;
  /** What the sensor reads at `wet`, in its unit. */
  wetValue: number;
}

/** Temperature in °C or relative humidity in %. */
export interface Sht3xHardware {
  /** Sensirion SHT30, SHT31 or SHT35, temperature and humidity. */
  chip: "sht3x";
  /** Which of the two; two sensors may share the chip. */
  quantity: "temperature" | "humidity";
  /** I2C data. Chips on the same two pins share the bus. Unit: GPIO. */
  data: number;
  /** I2C clock. Unit: GPIO. */
  clock: number;
  /** Speed of the bus for this chip. Unit: Hz. Default: 400000. */
  hz?: number;
  /** 7 bits: 68 is 0x44, 69 is 0x45. */
  address: 68 | 69;
}

/** Vibration in m/s²; the chip's high-pass filter takes gravity out. */
export interface Lis3dhHardware {
  /** STMicroelectronics LIS3DH, acceleration. */
  chip: "lis3dh";
  /** The axis that is reported. */
  axis: "x" | "y" | "z";
  /** I2C data. Chips on the same two pins share the bus. Unit: GPIO. */
  data: number;
  /** I2C clock. Unit: GPIO. */
  clock: number;
  /** Speed of the bus for this chip. Unit: Hz. Default: 400000. */
  hz?: number;
  /** 7 bits: 24 is 0x18, 25 is 0x19. One sensor for each LIS3DH. */
  address: 24 | 25;
  /** Largest acceleration either way. Unit: g. Default: 2. */
  fullScale?: 2 | 4 | 8 | 16;
}

/** What is gathered for one verdict. */
export interface WindowConfig {
  /** Length of a window. Unit: s. */
  seconds: number;
  /** From one window's start to the next one's; at least `seconds`. Unit: s. */
  everySeconds: number;
  /** Equal parts of the window, each of which gives one row of features. */
  frames: number;
}

/** What the network sees of a window. At least one feature. */
export interface FeaturesConfig {
  /** Computed for each sensor. */
  statistics: Statistic[];
  /** Statistics and correlations roll over the last so many seconds at a frame's end (fewer at the window's start), at least one frame; those of a sensor with a spectrum: over the frame. Unit: s. */
  spanSeconds: number;
  /** Band energies, by sensor. */
  spectra: SpectrumConfig[];
  /** Pairs of sensors, by name. */
  correlations: [string, string][];
}

export type Statistic = "mean" | "variance" | "rate" | "min" | "max";

/** Band energies of a sensor. */
export interface SpectrumConfig {
  /** The sensor's name; at most one spectrum for each. */
  sensor: string;
  /** Points of the FFT: a power of two, at most the samples of one frame. */
  size: number;
  /** Low end (included) and high end (excluded) of each band, one feature each; inside 0 to half the sensor's rate, and wide enough to hold a bin. Unit: Hz. */
  bands: [number, number][];
}

/** The network's budget. */
export interface ModelConfig {
  /** RAM for the network's tensors; a network that needs more is refused. Unit: bytes. */
  arenaBytes: number;
}

/** When the node acts, and when it asks. */
export interface PolicyConfig {
  /** Verdicts of at least this confidence are acted on by the node itself; others are deferred to the cloud. */
  threshold: number;
  /** How long a deferred verdict waits for the cloud's decision before it is given up. Unit: s. */
  decisionSeconds: number;
}

/** A digital output. */
export interface ActuatorConfig {
  /** By which rules and app script switch it. */
  name: string;
  /** Output, low at the start. Unit: GPIO. */
  pin: number;
}

/** Where uplinks wait for the network. */
export interface OutboxConfig {
  /** Of the flash partition "outbox" that are used. Unit: bytes. */
  bytes: number;
}

/** LoRaWAN: credentials (OTAA), settings of the link, the radio. */
export interface RadioConfig {
  /** The radio chip and its wiring. */
  board: RadioBoard;
  /** Regional parameters (RP002). */
  region: "EU868" | "US915" | "AU915" | "AS923-1" | "AS923-2" | "AS923-3" | "AS923-4" | "IN865" | "KR920";
  /** DevEUI, most significant byte first. */
  devEui: string;
  /** JoinEUI (AppEUI), most significant byte first. */
  joinEui: string;
  /** AppKey. A secret: no message and no report shows it. */
  appKey: string;
  /** ADR: the network controls data rate and power. Default: true. */
  adr?: boolean;
  /** Data rate before ADR; one that the region's default channels have. Without it: The region's slowest. */
  dataRate?: number;
  /** US915 and AU915: the sub-band of eight channels that the network uses. Without it: All channels. */
  subBand?: number;
  /** Antenna gain over isotropic, subtracted from the radiated power. Unit: dBi. Default: 0. */
  antennaGain?: number;
  /** Largest error of the node's clock; receive windows open that much earlier and stay open that much longer. Unit: ppm. Default: 20. */
  clockErrorPpm?: number;
  /** Additional uncertainty of when a receive window opens (timer granularity). Unit: ms. Default: 2. */
  timingErrorMs?: number;
  /** Uplinks without any downlink after which the session ends and the node joins again; 0: never. Default: 400. */
  silenceLimit?: number;
  /** Whether JoinNonce must increase, as LoRaWAN 1.0.4 wants it; false for older join servers that draw it at random. Default: true. */
  joinNonceCounter?: boolean;
}

/** The radio chip, and facts of the board that the chip cannot tell. */
export type RadioBoard = Sx126xBoard | Sx127xBoard;

/** A board with an SX1261 or SX1262. */
export interface Sx126xBoard {
  /** Semtech SX1261 or SX1262. (An SX1268 ends below the bands of all regions.) */
  chip: "sx1261" | "sx1262";
  /** Its lines. Without it: Simulated only: a board needs them. */
  pins?: Sx126xPins;
  /** Voltage of a TCXO that DIO3 feeds; 0: a crystal. Unit: V. Default: 0. */
  tcxoVoltage?: 0 | 1.6 | 1.7 | 1.8 | 2.2 | 2.4 | 2.7 | 3 | 3.3;
  /** Until the TCXO is stable. Unit: ms. Default: 5. */
  tcxoDelay?: number;
  /** The chip's supply; "ldo" works on every board. Default: "ldo". */
  regulator?: "ldo" | "dcdc";
  /** Control of the RF switch: by DIO2, by the pins `txEnable` and `rxEnable`, or none. Default: "none". */
  rfSwitch?: "none" | "dio2" | "pins";
  /** Largest power at the chip's pin that the board or its filter supports. Unit: dBm. Without it: What the chip can give all the time: 22, an SX1261 14. */
  maxPower?: number;
}

/** Lines of an SX1261 or SX1262. */
export interface Sx126xPins {
  /** Number of the SPI host: 1 is SPI2, 2 is SPI3 (an ESP32-C3 has 1 alone). Default: 2. */
  spi?: number;
  /** SPI clock (SCK). Unit: GPIO. */
  clock: number;
  /** SPI data to the chip (MOSI). Unit: GPIO. */
  dataOut: number;
  /** SPI data from the chip (MISO). Unit: GPIO. */
  dataIn: number;
  /** SPI chip select (NSS). Unit: GPIO. */
  select: number;
  /** Speed of the SPI clock. Unit: Hz. Default: 8000000. */
  frequency?: number;
  /** The chip's reset (NRESET). Unit: GPIO. */
  reset: number;
  /** RF switch to the transmitter, with `rfSwitch` "pins". Unit: GPIO. Without it: No such line. */
  txEnable?: number;
  /** RF switch to the receiver, with `rfSwitch` "pins". Unit: GPIO. Without it: No such line. */
  rxEnable?: number;
  /** BUSY. Unit: GPIO. */
  busy: number;
  /** DIO1, the interrupt. Unit: GPIO. */
  dio1: number;
}

/** A board with an SX1272 or SX1276. */
export interface Sx127xBoard {
  /** Semtech SX1272 or SX1276. (An SX1277 ends at spreading factor 9, an SX1278 below the bands of all regions.) */
  chip: "sx1272" | "sx1276";
  /** Its lines. Without it: Simulated only: a board needs them. */
  pins?: Sx127xPins;
  /** Above 0: a TCXO; 0: a crystal. Unit: V. Default: 0. */
  tcxoVoltage?: number;
  /** Until the TCXO is stable. Unit: ms. Default: 5. */
  tcxoDelay?: number;
  /** Control of the RF switch: by the pins `txEnable` and `rxEnable`, or none. Default: "none". */
  rfSwitch?: "none" | "pins";
  /** The PA output that the antenna is connected to: PA_BOOST or RFO. Default: "boost". */
  paPin?: "boost" | "rfo";
  /** Largest power at the chip's pin that the board or its filter supports. Unit: dBm. Without it: What the chip can give all the time: 17, on RFO 14. */
  maxPower?: number;
}

/** Lines of an SX1272 or SX1276. */
export interface Sx127xPins {
  /** Number of the SPI host: 1 is SPI2, 2 is SPI3 (an ESP32-C3 has 1 alone). Default: 2. */
  spi?: number;
  /** SPI clock (SCK). Unit: GPIO. */
  clock: number;
  /** SPI data to the chip (MOSI). Unit: GPIO. */
  dataOut: number;
  /** SPI data from the chip (MISO). Unit: GPIO. */
  dataIn: number;
  /** SPI chip select (NSS). Unit: GPIO. */
  select: number;
  /** Speed of the SPI clock. Unit: Hz. Default: 8000000. */
  frequency?: number;
  /** The chip's reset (NRESET). Unit: GPIO. */
  reset: number;
  /** RF switch to the transmitter, with `rfSwitch` "pins". Unit: GPIO. Without it: No such line. */
  txEnable?: number;
  /** RF switch to the receiver, with `rfSwitch` "pins". Unit: GPIO. Without it: No such line. */
  rxEnable?: number;
  /** DIO0, the interrupt. Unit: GPIO. */
  dio0: number;
  /** DIO1. Unit: GPIO. */
  dio1: number;
}

/** For the app script, which sees it as `api.config`. */
export interface AppConfig {
  /** For a class of verdict, the actuators to switch on (true) and off (false); others stay as they are. Used by the built-in app script. Without it: Nothing is switched. */
  rules?: Record<string, Record<string, boolean>>;
  /** What your own app script needs to know; handed to it as it is. Without it: Nothing. */
  settings?: Record<string, unknown>;
}
