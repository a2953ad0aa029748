import { z } from "zod";
import { faultKinds } from "../../device/codec/types.js";
import { roles } from "../access/roles.js";
import type { CandidateSummary, ChangedDoubt } from "../store/candidates.js";
import type { ComparisonCounts } from "../store/comparison.js";
import type { AlarmSummary } from "../store/alarms.js";
import type { DeferralSummary, findDeferral } from "../store/deferrals.js";
import type { DoubtPage } from "../store/doubts.js";
import type { FeedItem } from "../store/feed.js";
import type { NetworkDescription } from "../store/networks.js";
import type { NodeRow } from "../store/tables.js";
import type { FeatureTimes } from "../store/featureTimes.js";
import type { Timeline } from "../store/timeline.js";
import type { Token } from "../store/tokens.js";
import type { User } from "../store/users.js";
import type { NodeKind } from "./api.js";
import type { SessionInfo } from "./sessions.js";

const registry = z.registry<{ id: string }>();
/** Of the document's `components`. */
function named<T extends z.ZodType>(id: string, description: string, schema: T): T {
  const described = schema.describe(description);
  registry.add(described, { id });
  return described;
}

const text = z.string();
const number = z.number();
const seconds = number.describe("seconds since 1970");
const devEui = text.regex(/^[0-9a-f]{16}$/).describe("DevEUI");
const label = z.int().min(0).describe("class: place in `classes` of the kind");
const confidence = number.min(0).max(1);
const id = z.int().min(1);
const role = z.enum(roles);

named(
  "Problem",
  "what is wrong",
  z.strictObject({
    message: text.describe("for a person"),
    statusCode: z.int().optional(),
    error: text.optional(),
    code: text.optional(),
  }),
);

named(
  "Kind",
  "what names the numbers in nodes' payloads",
  z.strictObject({
    name: text,
    classes: z.array(text),
    actuators: z.array(text),
    sensors: z.array(text),
    threshold: confidence.describe("below it a node defers its verdict"),
    isSimulated: z.boolean().describe("the nodes, their sensors and their radio are"),
  }) satisfies z.ZodType<NodeKind>,
);

const battery = z
  .int()
  .min(0)
  .max(255)
  .describe("as in DevStatusAns: 0 external power, 1 to 254 from empty to full, 255 unknown");
const millivolts = number.nullable().describe("mV");
const safeMode = z.int().min(0).max(1);
const packageOf = z
  .int()
  .min(0)
  .describe("sequence of the package that brought the node's network; 0: the firmware's own");
const dataRate = z.int().nullable().describe("of LoRaWAN's region");
const rssi = number.nullable().describe("dBm, of the best gateway");
const snr = number.nullable().describe("dB, of the best gateway");

named(
  "Node",
  "a node with the last that is known of it; null: not known, or nothing has come yet",
  z.strictObject({
    devEui,
    name: text.nullable(),
    latitude: number.nullable().describe("degrees"),
    longitude: number.nullable().describe("degrees"),
    firstSeen: seconds.nullable(),
    lastSeen: seconds.nullable(),
    label: label.nullable(),
    confidence: confidence.nullable(),
    verdictAt: seconds.nullable(),
    battery: battery.nullable(),
    millivolts,
    margin: number.nullable().describe("dB above what it needs to hear the network, by DevStatusAns"),
    safeMode,
    firmware: text.nullable(),
    script: number.nullable().describe("version of the app script"),
    model: packageOf.nullable(),
    modelAt: seconds.nullable().describe("when it has said so"),
    ...{ dataRate, rssi, snr },
    faultAt: seconds.nullable().describe("of the last fault report"),
  }) satisfies z.ZodType<NodeRow>,
);

const summary = {
  id,
  devEui,
  sequence: z.int().min(0),
  at: seconds.describe("when the window began, seconds since 1970; when it came, where the node did not know the time"),
  received: seconds,
  label: label.describe("the node's own verdict"),
  confidence,
  content: z.enum(["none", "window", "embedding"]).describe("what came with it"),
  model: packageOf.nullable(),
  network: text
    .nullable()
    .describe(
      "ID of the network that its window is of; null: no window, or one that the cloud does not have, and it is not decided",
    ),
  decidedLabel: label.nullable().describe("the decision; null: none yet"),
  decidedConfidence: confidence.nullable(),
  decidedAt: seconds.nullable(),
  sentAt: seconds.nullable().describe("when the network server took the decision, the last time"),
  personLabel: label.nullable().describe("what a person says of it; null: nobody yet"),
  person: text.nullable(),
};
const deferral = named(
  "Deferral",
  "a verdict that a node was not sure of, and what became of it",
  z.strictObject(summary) satisfies z.ZodType<DeferralSummary>,
);

type FoundDeferral = NonNullable<Awaited<ReturnType<typeof findDeferral>>>;
named(
  "DeferralWithWindow",
  "a deferral and what came with it",
  z.strictObject({
    ...summary,
    frames: z.int().nullable(),
    features: z.int().nullable(),
    window: z.array(z.int().min(-128).max(127)).nullable().describe("the int8 input of the network, frame after frame"),
    pool: z.int().nullable().describe("frames averaged into one on its way"),
    bits: z.int().nullable().describe("bits that are left of each value"),
  }) satisfies z.ZodType<Omit<FoundDeferral, "window"> & { window: number[] | null }>,
);

named(
  "Timeline",
  "what came from a node in a time: of each list the newest, in order of time",
  z.strictObject({
    verdicts: z
      .array(
        z.strictObject({
          ...{ at: seconds, label, confidence },
          actions: z.int().describe("bit i: actuator i is on"),
          count: z.int().min(1).describe("windows in a row with this verdict"),
        }),
      )
      .describe("what the node has decided itself"),
    deferrals: z.array(deferral),
    faults: z.array(
      z.strictObject({
        at: seconds,
        kind: z.enum(faultKinds),
        sensor: z.int().nullable().describe("place in `sensors` of the kind"),
        cause: text.nullable(),
        count: z.int(),
      }),
    ),
    health: z
      .array(
        z.strictObject({
          ...{ at: seconds, safeMode, battery, millivolts },
          restarts: z.int(),
          heapPeak: number.describe("bytes"),
          stackPeak: number.nullable().describe("slots"),
          duty: number.describe("the largest share of the airtime that a band's duty cycle allows in an hour, 0 to 1"),
          airtime: number.nullable().describe("seconds, since the report before"),
          erases: number.nullable().describe("blocks of flash, in the node's life"),
          firmware: text.nullable(),
          script: number.nullable().describe("version of the app script"),
        }),
      )
      .describe("the node's health reports"),
    link: z
      .array(
        z.strictObject({
          ...{ received: seconds, kind: text, dataRate, rssi, snr },
          airtime: number.nullable().describe("ms"),
          gateway: text.nullable().describe("the best one"),
          gateways: z.int().describe("how many received it"),
          copies: z.int().describe("frames with this payload"),
        }),
      )
      .describe("of the first frame with each payload"),
    messages: z
      .array(z.strictObject({ at: seconds, numbers: z.array(number).nullable(), text: text.nullable() }))
      .describe("of app scripts"),
  }) satisfies z.ZodType<Timeline>,
);

named(
  "FeatureTimes",
  "what a node's deferred windows say of its sensors, in order of time",
  z.strictObject({
    names: z.array(text).describe("of features, in the order of a frame"),
    windows: z.array(
      z.strictObject({
        at: seconds,
        values: z.array(number).describe("means over the window's frames, in the sensors' units"),
      }),
    ),
  }) satisfies z.ZodType<FeatureTimes>,
);

const network = named(
  "Network",
  "what int8 windows mean: feature = mean + deviation * scale * (value - zeroPoint)",
  z.strictObject({
    profile: text,
    frames: z.int(),
    features: z.array(text).describe("names, in the order of a frame"),
    classes: z.array(text),
    mean: z.array(number),
    deviation: z.array(number),
    scale: number,
    zeroPoint: z.int(),
  }) satisfies z.ZodType<NetworkDescription>,
);

named(
  "Doubts",
  "deferred windows in the order of their IDs, with the networks that they name",
  z.strictObject({
    networks: z.record(text, network).describe("by ID"),
    doubts: z.array(
      z.strictObject({
        ...{ id, devEui, sequence: z.int(), at: seconds, label, confidence },
        decidedLabel: label.nullable(),
        personLabel: label.nullable(),
        frames: z.int(),
        features: z.int(),
        pool: z.int().describe("frames averaged into one on its way"),
        bits: z.int().describe("bits that are left of each value"),
        window: text.describe("the int8 input of the network, frame after frame, in base64"),
        network: text.nullable().describe("ID of what it was made with; null: not known"),
      }),
    ),
    next: id.nullable().describe("`after` of the next page; null: there is none"),
  }) satisfies z.ZodType<DoubtPage>,
);

const counts = z.strictObject({
  windows: z.int(),
  changed: z.int().describe("with another class than the node's"),
  sure: z.int().describe("confidence at the threshold or above it"),
  labelled: z.int().describe("with a person's label; the following four are of these"),
  nodeRight: z.int(),
  newRight: z.int(),
  sureRight: z.int(),
  sureWrong: z.int(),
  decided: z.int().describe("with a decision of the cloud"),
  asCloud: z.int().describe("with the class of that decision"),
}) satisfies z.ZodType<ComparisonCounts>;

named(
  "Candidate",
  "a network that is not in force yet, and what it changes on the deferred windows, in numbers of windows",
  z.strictObject({
    id: text.describe("the beginning of its file's SHA-256"),
    name: text,
    threshold: confidence.describe("of confidence, from which on nodes act"),
    person: text.describe("who has compared it"),
    comparedAt: seconds,
    comparison: z.strictObject({ all: counts, unseen: counts.describe("without those that it was trained on") }),
  }) satisfies z.ZodType<CandidateSummary>,
);

named(
  "ChangedDoubt",
  "a deferred window of which a network says another class than the node did",
  z.strictObject({
    ...{ id, devEui, at: seconds, confidence },
    label: label.describe("the node's own verdict"),
    decidedLabel: label.nullable().describe("the decision; null: none yet"),
    personLabel: label.nullable().describe("what a person says of it; null: nobody yet"),
    newLabel: label.describe("what the network says"),
    newConfidence: confidence,
    isTrained: z.boolean().describe("the network was trained on it"),
  }) satisfies z.ZodType<ChangedDoubt>,
);

named("Stored", "what was stored", z.strictObject({ stored: z.int().describe("windows that are kept") }));

named(
  "Alarm",
  "that a rule has found something with a node",
  z.strictObject({
    ...{ id, devEui, nodeName: text.nullable(), rule: text.describe("its name") },
    kind: z.enum(["silent", "fault", "battery", "class"]).describe("of the rule"),
    what: text.describe("for a person"),
    value: number.describe("silent: when it was heard last; fault: how many; battery: V or %; class: confidence"),
    openedAt: seconds,
    closedAt: seconds.nullable().describe("null: it is open"),
    waiting: z.int().min(0).describe("messages about it that are to be sent"),
    failed: z.int().min(0).describe("messages about it that nobody tries to send any more"),
    error: text.nullable().describe("what went wrong with one of its messages"),
  }) satisfies z.ZodType<AlarmSummary>,
);

named(
  "Session",
  "who asks",
  z.strictObject({
    name: text,
    role,
    by: z.enum(["session", "token", "this machine"]),
    csrf: text.describe("for the header x-csrf-token"),
  }) satisfies z.ZodType<SessionInfo>,
);
named("LogIn", "logged in", z.strictObject({ name: text, csrf: text.describe("for the header x-csrf-token") }));
named("User", "who may log in", z.strictObject({ name: text, role, createdAt: seconds }) satisfies z.ZodType<User>);
named(
  "Token",
  "a program's, without its secret",
  z.strictObject({
    ...{ name: text, role, createdAt: seconds },
    expiresAt: seconds.nullable().describe("null: never"),
    usedAt: seconds.nullable().describe("null: not yet"),
  }) satisfies z.ZodType<Token>,
);
named(
  "Received",
  "a payload that has come: the data of each event, as JSON",
  z.strictObject({
    ...{ id, devEui, kind: text, sequence: z.int(), copies: z.int(), lastReceived: seconds },
  }) satisfies z.ZodType<FeedItem>,
);

type Schema = Record<string, unknown>;

/** JSON schemas of what the API answers, by their `$id`. */
export function answerSchemas(): ({ $id: string } & Schema)[] {
  const { schemas } = z.toJSONSchema(registry, {
    uri: (name) => `${name}#`,
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return Object.entries(schemas).map(([name, { $schema: _, ...schema }]) => ({ ...(schema as Schema), $id: name }));
}
