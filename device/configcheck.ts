import { regions } from "./lorawan/regions/regions.js";
import { ConfigError, statistics, type FeaturesConfig, type NodeConfig } from "./config.js";

/** Checks a value from JSON. Pure TypeScript: run on the host before a build, not on the node. @throws ConfigError naming the key, the value and what would be right */
export function checkConfig(value: unknown): NodeConfig {
  const root = new Place("", value);
  root.keys([
    "name",
    "sensors",
    "window",
    "features",
    "classes",
    "model",
    "policy",
    "actuators",
    "outbox",
    "radio",
    "app",
  ]);
  root.at("name").text();
  const sensors = root.at("sensors").list(1, 15);
  for (const sensor of sensors) {
    sensor.keys(["name", "unit", "rate", "range", "stuckSeconds", "hardware"]);
    sensor.at("name").text();
    sensor.at("unit").text();
    sensor.at("rate").integer(1, 4096);
    sensor.at("range").interval();
    sensor.at("stuckSeconds").number(0, 86400);
    if (sensor.at("hardware").value !== undefined) checkHardware(sensor);
  }
  const names = unique(sensors.map((sensor) => sensor.at("name")));
  const seconds = checkWindow(root.at("window"), sensors);
  checkFeatures(root, names, seconds);
  const classes = root.at("classes").list(2, 255);
  for (const name of classes) name.text();
  unique(classes);
  root
    .at("model")
    .at("arenaBytes")
    .integer(16, 1 << 24);
  root.at("policy").at("threshold").number(0, 1);
  root.at("policy").at("decisionSeconds").number(1, 86400);
  const actuators = root.at("actuators").list(0, 8);
  for (const actuator of actuators) {
    actuator.at("name").text();
    actuator.at("pin").integer(0, 255);
  }
  unique(actuators.map((actuator) => actuator.at("name")));
  unique(actuators.map((actuator) => actuator.at("pin")));
  root
    .at("outbox")
    .at("bytes")
    .multiple(4096, 8192, 1 << 20);
  const radio = root.at("radio");
  radio.at("board").at("chip").oneOf(linkChips);
  radio.at("region").oneOf(Object.keys(regions));
  radio.at("devEui").hex(8);
  radio.at("joinEui").hex(8);
  radio.at("appKey").hex(16);
  root.at("app").object();
  return value as NodeConfig;
}

function checkHardware(sensor: Place): void {
  const hardware = sensor.at("hardware");
  const chip = hardware.at("chip").oneOf(["capacitive", "sht3x", "lis3dh"]);
  const rate = sensor.at("rate");
  if (chip === "capacitive") {
    hardware.keys(["chip", "pin", "calibration"]);
    hardware.at("pin").integer(0, 48);
    const calibration = hardware.at("calibration");
    calibration.keys(["dry", "wet", "dryValue", "wetValue"]);
    for (const key of ["dryValue", "wetValue"]) calibration.at(key).number(-Number.MAX_VALUE, Number.MAX_VALUE);
    if (calibration.at("dry").number(0, 1) === calibration.at("wet").number(0, 1))
      calibration.at("wet").fail("another level than dry");
  } else {
    hardware.keys([
      "chip",
      "data",
      "clock",
      "address",
      "hz",
      ...(chip === "sht3x" ? ["quantity"] : ["axis", "fullScale"]),
    ]);
    const data = hardware.at("data").integer(0, 48);
    if (hardware.at("clock").integer(0, 48) === data) hardware.at("clock").fail("another pin than data");
    if (hardware.at("hz").value !== undefined)
      hardware.at("hz").integer(10_000, chip === "sht3x" ? 1_000_000 : 400_000);
  }
  const address = hardware.at("address");
  if (chip === "sht3x") {
    hardware.at("quantity").oneOf(["temperature", "humidity"]);
    if (![0x44, 0x45].includes(address.value as number)) address.fail("68 (0x44) or 69 (0x45)");
  } else if (chip === "lis3dh") {
    hardware.at("axis").oneOf(["x", "y", "z"]);
    if (![0x18, 0x19].includes(address.value as number)) address.fail("24 (0x18) or 25 (0x19)");
    if (![undefined, 2, 4, 8, 16].includes(hardware.at("fullScale").value as number | undefined))
      hardware.at("fullScale").fail("2, 4, 8 or 16");
    // Looked at every 250 ms, at more than 100 Hz its FIFO of 32 samples would overrun.
    if ((rate.value as number) % 4 || (rate.value as number) > 100)
      rate.fail("a multiple of 4 up to 100, which a LIS3DH can give");
  }
  if (chip !== "lis3dh" && ![1, 4].includes(rate.value as number))
    rate.fail(`1 or 4 for the chip ${chip}, which gives one value each time it is asked`);
}

function checkWindow(window: Place, sensors: Place[]): number {
  window.keys(["seconds", "everySeconds", "frames"]);
  const seconds = window.at("seconds").integer(1, 3600);
  window.at("everySeconds").number(seconds, 86400);
  const frames = window.at("frames").integer(1, 255);
  for (const sensor of sensors) {
    const rate = sensor.at("rate");
    if (((rate.value as number) * seconds) % frames)
      rate.fail(
        `a rate that gives each of the ${frames} frames of the ${seconds} s window the same whole number of samples`,
      );
  }
  return seconds / frames;
}

function checkFeatures(root: Place, names: string[], frameSeconds: number): void {
  const features = root.at("features");
  features.keys(["statistics", "spanSeconds", "spectra", "correlations"]);
  const chosen = features.at("statistics").list(0, statistics.length);
  for (const one of chosen) one.oneOf(statistics);
  unique(chosen);
  features.at("spanSeconds").number(frameSeconds, 3600);
  for (const spectrum of features.at("spectra").list(0, 15)) {
    spectrum.keys(["sensor", "size", "bands"]);
    const name = spectrum.at("sensor").oneOf(names);
    const rate = root.at("sensors").list(1, 15)[names.indexOf(name)]!.at("rate").value as number;
    const size = spectrum.at("size").integer(16, 1024);
    if (size & (size - 1)) spectrum.at("size").fail("a power of two");
    if (size > rate * frameSeconds) spectrum.at("size").fail(`at most the ${rate * frameSeconds} samples of a frame`);
    for (const band of spectrum.at("bands").list(1, 64)) {
      const [low, high] = band.interval();
      if (low < 0 || high > rate / 2) band.fail(`a band inside 0 to ${rate / 2} Hz, half the sensor's rate`);
      if (Math.ceil((high * size) / rate) <= Math.ceil((low * size) / rate))
        band.fail(`a band that holds a bin: bins are ${rate / size} Hz apart`);
    }
  }
  for (const pair of features.at("correlations").list(0, 64)) {
    const [a, b] = pair.list(2, 2);
    if (a!.oneOf(names) === b!.oneOf(names)) pair.fail("two different sensors");
  }
  const used = features.value as FeaturesConfig;
  const spectral = used.spectra.map((spectrum) => spectrum.sensor);
  if (new Set(spectral).size !== spectral.length) features.at("spectra").fail("at most one spectrum a sensor");
  if (used.statistics.length + used.spectra.length + used.correlations.length === 0)
    features.fail("at least one feature");
}

function unique(places: Place[]): string[] {
  const seen = places.map((place) => String(place.value));
  seen.forEach((name, index) => {
    if (seen.indexOf(name) < index) places[index]!.fail("a value that is not there twice");
  });
  return seen;
}

/** The driver knows more, which no region has a use for: SX1268 and SX1278 end below 863 MHz, SX1277 at spreading factor 9. */
const linkChips = ["sx1261", "sx1262", "sx1272", "sx1276"];

/** No error text shows what is there: it is the AppKey, or may contain it. */
const holdsKey = ["", "radio", "radio.appKey"];

/** A value and the way to it. */
class Place {
  constructor(
    readonly path: string,
    readonly value: unknown,
  ) {}

  fail(expected: string): never {
    throw new ConfigError(`${this.path || "the node description"}: ${this.#shown()}, expected ${expected}`);
  }

  #shown(): string {
    if (this.value === undefined) return "missing";
    if (holdsKey.includes(this.path) && typeof this.value === "string") return `${this.value.length} characters`;
    if (holdsKey.includes(this.path) && typeof this.value === "object" && this.value)
      return Array.isArray(this.value) ? "a list" : "an object";
    const shown = JSON.stringify(this.value) ?? String(this.value);
    return shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
  }

  object(): Record<string, unknown> {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value)) this.fail("an object");
    return this.value as Record<string, unknown>;
  }

  at(key: string): Place {
    return new Place(this.path ? `${this.path}.${key}` : key, this.object()[key]);
  }

  keys(known: string[]): void {
    for (const key of Object.keys(this.object()))
      if (!known.includes(key)) this.at(key).fail(`no such key; known are ${known.join(", ")}`);
  }

  list(least: number, most: number): Place[] {
    if (!Array.isArray(this.value) || this.value.length < least || this.value.length > most)
      this.fail(least === most ? `a list of ${least}` : `a list of ${least} to ${most}`);
    return (this.value as unknown[]).map((item, index) => new Place(`${this.path}[${index}]`, item));
  }

  text(): string {
    if (typeof this.value !== "string" || this.value === "") this.fail("a text that is not empty");
    return this.value;
  }

  oneOf(allowed: readonly string[]): string {
    if (!allowed.includes(this.value as string)) this.fail(`one of ${allowed.join(", ")}`);
    return this.value as string;
  }

  number(least: number, most: number): number {
    if (typeof this.value !== "number" || !(this.value >= least && this.value <= most))
      this.fail(`a number from ${least} to ${most}`);
    return this.value;
  }

  integer(least: number, most: number): number {
    if (!Number.isInteger(this.number(least, most))) this.fail(`a whole number from ${least} to ${most}`);
    return this.value as number;
  }

  multiple(of: number, least: number, most: number): number {
    if (this.integer(least, most) % of) this.fail(`a multiple of ${of}`);
    return this.value as number;
  }

  interval(): [number, number] {
    const [low, high] = this.list(2, 2).map((end) => end.number(-Number.MAX_VALUE, Number.MAX_VALUE)) as [
      number,
      number,
    ];
    if (low >= high) this.fail("two numbers, the lower first");
    return [low, high];
  }

  hex(bytes: number): string {
    if (typeof this.value !== "string" || this.value.length !== 2 * bytes || !/^[0-9a-fA-F]*$/.test(this.value))
      this.fail(`${2 * bytes} hexadecimal digits`);
    return this.value;
  }
}
