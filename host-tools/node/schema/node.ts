/** The node description's schema: single source of its type (device/nodeconfig.ts), validation, defaults and reference page (docs/node.md). */
import { z } from "zod";
import { limitRanges, maxEverySeconds } from "../../../device/codec/settings.js";
import { actuatorDefaults, scriptDefaults, serialDefaults, statistics, tasks } from "../../../device/config.js";
import { boardNames } from "../boards.js";
import { chipNames, defaultChip } from "../chips.js";
import {
  between,
  choice,
  flag,
  hex,
  interval,
  key,
  list,
  multiple,
  name,
  numberChoice,
  pair,
  section,
  text,
  whole,
} from "./fields.js";
import { longestWindow } from "../limitsOfTime.js";
import { radio } from "./radio.js";
import { sensor } from "./sensors.js";

const window = section({
  seconds: key(between(0.05, longestWindow), "Length of a window.", { unit: "s" }),
  everySeconds: key(
    between(0.05, maxEverySeconds),
    "Interval between the starts of two windows. Less than `seconds`: windows overlap, each with memory of its own; then each sensor has a whole number of samples in it.",
    { unit: "s" },
  ),
  frames: key(whole(1, 255), "Number of equal parts of the window; each gives one row of features."),
}).meta({ id: "WindowConfig", description: "The samples that one verdict is computed from." });

const spectrum = section({
  sensor: key(name(), "Name of the sensor, or magnitude; at most one spectrum of each, and one of its envelope."),
  of: key(
    choice(["signal", "envelope"]).optional(),
    "Of which the spectrum is: `envelope`, the samples' distances from the frame's mean (full-wave rectification), shows how often something strikes, as a damaged bearing does.",
    { absent: "Of the signal." },
  ),
  size: key(whole(16, 1024), "FFT length: a power of two, at most the number of samples in a frame."),
  bands: key(
    list(interval(), 1, 64),
    "Lower (inclusive) and upper (exclusive) limit of each band; one feature per band. Within 0 to half the sensor's rate, and wide enough to contain a bin.",
    { unit: "Hz" },
  ),
}).meta({ id: "SpectrumConfig", description: "Band energies of a sensor." });

const raw = section({
  sensors: key(list(name(), 1, 15), "Names of the sensors."),
  rate: key(
    between(0, 16000),
    "Of each sensor's values: its own rate, or that divided by a whole number, by the mean of so many samples. Each frame has the same whole number of values.",
    { unit: "Hz" },
  ),
}).meta({ id: "RawConfig", description: "Samples of sensors as they are, for networks that find their own features." });

const magnitude = section({
  name: key(name(), "Its name, which no sensor has."),
  sensors: key(list(name(), 2, 4), "The axes: sensors with the same rate, each once."),
}).meta({
  id: "MagnitudeConfig",
  description:
    "The root of the sum of several sensors' squares, sample by sample: it stays the same however the node is turned.",
});

const features = section({
  statistics: key(
    list(choice(statistics).meta({ id: "Statistic" }), 0, statistics.length),
    "Computed for each sensor, and each magnitude: `rms` of the samples as they are; `skewness`, `kurtosis` (0 for a normal distribution) and `crest` (greatest distance over standard deviation) about their mean; `zeroCrossings`: how often a second they go through it.",
  ),
  statisticsOf: key(
    z
      .record(
        z.string().meta({ title: "sensor or magnitude" }),
        list(choice(statistics), 0, statistics.length),
        "an object: names of sensors or magnitudes to lists of statistics",
      )
      .optional(),
    "Of some sensors or magnitudes, other statistics than `statistics`; an empty list: none.",
    { absent: "All have the same." },
  ),
  magnitudes: key(
    list(magnitude, 1, 5).optional(),
    "Lengths of vectors whose axes are sensors: they have statistics and spectra as a sensor has.",
    { absent: "There are none." },
  ),
  spanSeconds: key(
    between(0, longestWindow),
    "Statistics and correlations are computed at the end of each frame over this many past seconds (fewer at the window's start), at least one frame. For a sensor with a spectrum: over the frame.",
    { unit: "s" },
  ),
  spectra: key(list(spectrum, 0, 15), "Band energies of sensors."),
  correlations: key(list(pair(name()), 0, 64), "Pairs of sensor names."),
  raw: key(raw.optional(), "Samples themselves, beside the others or alone.", {
    absent: "The network has features only.",
  }),
}).meta({ id: "FeaturesConfig", description: "The network's input, computed from a window. At least one feature." });

const model = section({
  arenaBytes: key(whole(16, 1 << 24), "Size of the tensor arena; a network that needs more is refused.", {
    unit: "bytes",
  }),
}).meta({ id: "ModelConfig", description: "The network's memory budget." });

const policy = section({
  threshold: key(
    between(0, 1),
    "The node acts on verdicts with at least this confidence; it defers others to the cloud.",
  ),
  decisionSeconds: key(
    between(1, 86400),
    "How long a deferred verdict waits for the cloud's decision; it expires after that.",
    { unit: "s" },
  ),
}).meta({ id: "PolicyConfig", description: "When the node acts on a verdict, and when it defers to the cloud." });

const actuator = section({
  name: key(name(), "Used by rules and the app script to switch it."),
  pin: key(whole(0, 48), "Output pin; in its safe state at start.", { unit: "GPIO" }),
  maxOnSeconds: key(
    whole(1, 2678400).optional(),
    "It is switched off when it has been on for this long, whatever the app script does; also during deep sleep.",
    { unit: "s", absent: "It may stay on." },
  ),
  minOffSeconds: key(
    whole(0, 86400).default(actuatorDefaults.minOffSeconds),
    "Pause after it was switched off, and after a start: until then it is not switched on.",
    { unit: "s" },
  ),
  safe: key(
    flag().default(actuatorDefaults.safe),
    "Its safe state: after a reset and power-on, when the app script fails, and with `onFault` after a window that is not usable.",
  ),
  onFault: key(
    choice(["safe", "hold"]).default(actuatorDefaults.onFault),
    "What it does when a window is not usable because of faults of sensors: goes to its safe state, or stays as it is.",
  ),
}).meta({ id: "ActuatorConfig", description: "A digital output." });

const limits = section({
  seconds: key(
    between(...limitRanges.seconds).default(scriptDefaults.seconds),
    "Time of the chip that one call of the script may take: its start, an event, a timer.",
    { unit: "s" },
  ),
  bytes: key(
    whole(...limitRanges.bytes).default(scriptDefaults.bytes),
    "Memory for what the script holds, of which some 4 KB are taken at its start. Outside of `creation.static` of the manifest.",
    { unit: "bytes" },
  ),
  stack: key(whole(...limitRanges.stack).default(scriptDefaults.stack), "Stack of the script, 16 bytes a slot.", {
    unit: "slots",
  }),
  calls: key(whole(...limitRanges.calls).default(scriptDefaults.calls), "Calls of the API in one call of the script."),
  actuationsPerHour: key(
    whole(...limitRanges.actuationsPerHour).default(scriptDefaults.actuationsPerHour),
    "Times in an hour that the script may switch an actuator.",
  ),
  timersPerHour: key(
    whole(...limitRanges.timersPerHour).default(scriptDefaults.timersPerHour),
    "Times in an hour that the script's timers may be due: each wakes the node.",
  ),
  uplinksPerDay: key(
    whole(...limitRanges.uplinksPerDay).default(scriptDefaults.uplinksPerDay),
    "Uplinks a day that the script may send besides one report for each verdict.",
  ),
  storageBytes: key(
    whole(...limitRanges.storageBytes).default(scriptDefaults.storageBytes),
    "Bytes that the script may store in flash, keys included.",
    { unit: "bytes" },
  ),
}).meta({
  id: "LimitsConfig",
  description: "What an app script may take. One that takes more is stopped; docs/scripts.md.",
});

const app = section({
  rules: key(
    z
      .record(
        z.string().meta({ title: "class" }),
        z.record(z.string().meta({ title: "actuator" }), flag(), "an object: actuator names to true or false"),
        "an object: class names to actuators",
      )
      .optional(),
    "For each class, the actuators to switch on (true) or off (false); others are left unchanged. Used by the built-in app script.",
    { absent: "No actuator is switched." },
  ),
  settings: key(
    z.record(z.string(), z.unknown(), "an object").optional(),
    "Settings for your own app script, passed to it unchanged.",
    { absent: "No settings." },
  ),
  limits: key(limits.optional(), "What the script may take.", { absent: "Each limit has its default." }),
}).meta({ id: "AppConfig", description: "Settings of the app script, which reads them as `api.config`." });

const enable = section({
  pin: key(whole(0, 63), "The pin."),
  level: key(numberChoice([0, 1]), "Its level while the battery is measured; otherwise it is an input."),
}).meta({ id: "BatteryEnable", description: "A pin that connects the battery's divider." });

const battery = section({
  pin: key(whole(0, 63), "Analog pin that the battery is measured at, through a divider.", { fromBoard: true }),
  ratio: key(between(1, 100), "Volts of the battery per volt at the pin.", { fromBoard: true }),
  enable: key(enable.optional(), "The pin that connects the divider. With `board` that of the board.", {
    absent: "The divider is always connected.",
  }),
  empty: key(between(0, 100), "Voltage of an empty battery.", { unit: "V" }),
  full: key(between(0, 100), "Voltage of a full one; more than `empty`.", { unit: "V" }),
}).meta({ id: "BatteryConfig", description: "The battery, for DevStatusAns and the daily health report." });

const outbox = section({
  bytes: key(multiple(4096, 8192, 1 << 20), 'Bytes to use of the flash partition "outbox".', { unit: "bytes" }),
}).meta({ id: "OutboxConfig", description: "Persistent queue of uplinks." });

const updates = section({
  publicKey: key(
    hex(32),
    "Ed25519 public key; packages signed with its private key are taken. `loam script keygen` makes a pair.",
  ),
}).meta({
  id: "UpdatesConfig",
  description: "Replacing app script, network and settings in the field: docs/packages.md.",
});

const serial = section({
  port: key(whole(0, 2).default(serialDefaults.port), "The chip's UART."),
  baud: key(whole(1200, 2_000_000).default(serialDefaults.baud), "Bits per second.", { unit: "bit/s" }),
  transmit: key(whole(0, 48), "Pin on which the node sends.", { unit: "GPIO", fromBoard: true }),
  receive: key(whole(0, 48), "Pin on which it hears.", { unit: "GPIO", fromBoard: true }),
}).meta({
  id: "SerialConfig",
  description:
    "A serial line to a host, for packages without radio: docs/serial.md. `{}` on a board whose USB connector leads to a serial chip.",
});

export const nodeSchema = section({
  $schema: key(
    z.string("a string").optional(),
    "Path of `node.schema.json`, so that editors can validate and autocomplete the file.",
    { absent: "Editors neither validate nor autocomplete the file." },
  ),
  name: key(text(), "Display name of the node."),
  board: key(
    choice(boardNames).optional(),
    "The development board (docs/boards.md). `chip` and `radio.board` come from it, except for what stands there; pins that the board itself uses are refused elsewhere.",
    { absent: "`chip` and `radio.board` describe the board." },
  ),
  chip: key(
    choice(chipNames).default(defaultChip),
    "The node's microcontroller; pins are validated for it. With `board` that of the board.",
  ),
  sensors: key(list(sensor, 1, 15), "The sensors; features follow their order."),
  window: key(window, "The samples that one verdict is computed from."),
  features: key(features, "The network's input, computed from the window."),
  task: key(
    choice(tasks).default("classes"),
    "What the network is for: to tell `classes` apart, or `anomaly`: to learn without labels what is normal, and tell what is not. Then there are two classes, the first for what training shows.",
  ),
  classes: key(list(name(), 2, 255), "The classes that the network distinguishes; the labels in recordings."),
  model: key(model, "The network's memory budget."),
  policy: key(policy, "When the node acts on a verdict, and when it defers to the cloud."),
  actuators: key(list(actuator, 0, 8), "The outputs that the node can switch."),
  outbox: key(outbox, "Persistent queue of uplinks."),
  battery: key(battery.optional(), "The battery's voltage.", { absent: "The node reports its battery as unknown." }),
  externalPower: key(
    flag().default(false),
    "Whether the node has another supply than a battery: DevStatusAns and the health report say so. A `battery` beside it is measured still.",
  ),
  radio: key(radio, "LoRaWAN settings."),
  app: key(app, "Settings of the app script."),
  updates: key(updates.optional(), "Packages for the node.", { absent: "The node refuses every package." }),
  serial: key(serial.optional(), "The serial line to a host.", { absent: "The node has none." }),
}).meta({
  id: "NodeConfig",
  description:
    "The description of a node (node.config.json): one file that the node, the trainer and the simulator read.",
});

/** A validated description, with defaults filled in. */
export type CheckedNode = Omit<z.output<typeof nodeSchema>, "$schema">;
export type Sensor = z.output<typeof sensor>;
export type Actuator = z.output<typeof actuator>;
export { actuator, sensor };
