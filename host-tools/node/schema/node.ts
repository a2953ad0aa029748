/** The node description: the one source of its type (device/nodeconfig.ts), its check, its defaults and its reference page (docs/node.md). */
import { z } from "zod";
import { statistics } from "../../../device/config.js";
import { chipNames, defaultChip } from "../chips.js";
import { between, choice, flag, interval, key, list, multiple, name, pair, section, text, whole } from "./fields.js";
import { radio } from "./radio.js";
import { sensor } from "./sensors.js";

const window = section({
  seconds: key(whole(1, 3600), "Length of a window.", { unit: "s" }),
  everySeconds: key(between(1, 86400), "From one window's start to the next one's; at least `seconds`.", { unit: "s" }),
  frames: key(whole(1, 255), "Equal parts of the window, each of which gives one row of features."),
}).meta({ id: "WindowConfig", description: "What is gathered for one verdict." });

const spectrum = section({
  sensor: key(name(), "The sensor's name; at most one spectrum for each."),
  size: key(whole(16, 1024), "Points of the FFT: a power of two, at most the samples of one frame."),
  bands: key(
    list(interval(), 1, 64),
    "Low end (included) and high end (excluded) of each band, one feature each; inside 0 to half the sensor's rate, and wide enough to hold a bin.",
    { unit: "Hz" },
  ),
}).meta({ id: "SpectrumConfig", description: "Band energies of a sensor." });

const features = section({
  statistics: key(
    list(choice(statistics).meta({ id: "Statistic" }), 0, statistics.length),
    "Computed for each sensor.",
  ),
  spanSeconds: key(
    between(0, 3600),
    "Statistics and correlations roll over the last so many seconds at a frame's end (fewer at the window's start), at least one frame; those of a sensor with a spectrum: over the frame.",
    { unit: "s" },
  ),
  spectra: key(list(spectrum, 0, 15), "Band energies, by sensor."),
  correlations: key(list(pair(name()), 0, 64), "Pairs of sensors, by name."),
}).meta({ id: "FeaturesConfig", description: "What the network sees of a window. At least one feature." });

const model = section({
  arenaBytes: key(whole(16, 1 << 24), "RAM for the network's tensors; a network that needs more is refused.", {
    unit: "bytes",
  }),
}).meta({ id: "ModelConfig", description: "The network's budget." });

const policy = section({
  threshold: key(
    between(0, 1),
    "Verdicts of at least this confidence are acted on by the node itself; others are deferred to the cloud.",
  ),
  decisionSeconds: key(
    between(1, 86400),
    "How long a deferred verdict waits for the cloud's decision before it is given up.",
    { unit: "s" },
  ),
}).meta({ id: "PolicyConfig", description: "When the node acts, and when it asks." });

const actuator = section({
  name: key(name(), "By which rules and app script switch it."),
  pin: key(whole(0, 48), "Output, low at the start.", { unit: "GPIO" }),
}).meta({ id: "ActuatorConfig", description: "A digital output." });

const app = section({
  rules: key(
    z
      .record(
        z.string().meta({ title: "class" }),
        z.record(z.string().meta({ title: "actuator" }), flag(), "an object: actuator names to true or false"),
        "an object: class names to actuators",
      )
      .optional(),
    "For a class of verdict, the actuators to switch on (true) and off (false); others stay as they are. Used by the built-in app script.",
    { absent: "Nothing is switched." },
  ),
  settings: key(
    z.record(z.string(), z.unknown(), "an object").optional(),
    "What your own app script needs to know; handed to it as it is.",
    { absent: "Nothing." },
  ),
}).meta({ id: "AppConfig", description: "For the app script, which sees it as `api.config`." });

const outbox = section({
  bytes: key(multiple(4096, 8192, 1 << 20), 'Of the flash partition "outbox" that are used.', { unit: "bytes" }),
}).meta({ id: "OutboxConfig", description: "Where uplinks wait for the network." });

export const nodeSchema = section({
  $schema: key(
    z.string("a text").optional(),
    "Where `node.schema.json` lies, for editors that complete and check as you type.",
    { absent: "No help from the editor." },
  ),
  name: key(text(), "The node's name, for people to read."),
  chip: key(choice(chipNames).default(defaultChip), "The chip that it runs on; pins are checked against it."),
  sensors: key(list(sensor, 1, 15), "In the order in which features name them."),
  window: key(window, "What is gathered for one verdict."),
  features: key(features, "What the network sees of it."),
  classes: key(list(name(), 2, 255), "What the network can tell apart; labels in recordings."),
  model: key(model, "The network's budget."),
  policy: key(policy, "When the node acts, and when it asks."),
  actuators: key(list(actuator, 0, 8), "What it can switch."),
  outbox: key(outbox, "Where uplinks wait for the network."),
  radio: key(radio, "LoRaWAN."),
  app: key(app, "For the app script."),
}).meta({
  id: "NodeConfig",
  description:
    "The description of a node (node.config.json): one file that the node, the trainer and the simulator read.",
});

/** A description that was checked, with its defaults. */
export type CheckedNode = Omit<z.output<typeof nodeSchema>, "$schema">;
export type Sensor = z.output<typeof sensor>;
export type Actuator = z.output<typeof actuator>;
export { actuator, sensor };
