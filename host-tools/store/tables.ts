import type { Generated } from "kysely";
import type { AccessTables } from "./accessTables.js";
import type { AlarmTables } from "./alarmTables.js";

/** Times are seconds since 1970. `at`: when it was, by the node's clock; by this machine's where the node did not know the time. */
export interface Tables extends AccessTables, AlarmTables {
  nodes: NodeRow;
  uplinks: UplinkRow;
  verdicts: VerdictRow;
  deferrals: DeferralRow;
  decisions: DecisionRow;
  sends: SendRow;
  personLabels: PersonLabelRow;
  networks: NetworkRow;
  candidates: CandidateRow;
  candidateVerdicts: CandidateVerdictRow;
  faults: FaultRow;
  health: HealthRow;
  messages: MessageRow;
  updates: UpdateRow;
  workers: WorkerRow;
}

/** A node with the last that is known of it. */
export interface NodeRow {
  devEui: string;
  name: string | null;
  latitude: number | null;
  longitude: number | null;
  /** null: nothing has come from it yet. */
  firstSeen: number | null;
  lastSeen: number | null;
  /** Of the last verdict, whoever has decided. */
  label: number | null;
  confidence: number | null;
  verdictAt: number | null;
  /** As in DevStatusAns: 0 external power, 1..254 from empty to full, 255 unknown. */
  battery: number | null;
  millivolts: number | null;
  /** dB above what it needs to hear the network, by DevStatusAns. */
  margin: number | null;
  /** 0 or 1. */
  safeMode: number;
  firmware: string | null;
  script: number | null;
  /** Sequence of the package that brought its network, and when it has said so; 0: the firmware's own; null: it has not said. */
  model: number | null;
  modelAt: number | null;
  dataRate: number | null;
  rssi: number | null;
  snr: number | null;
  /** Of the last fault report. */
  faultAt: number | null;
}

/** A payload, once, however often it came. */
export interface UplinkRow {
  id: Generated<number>;
  devEui: string;
  kind: string;
  sequence: number;
  /** 0: the node did not know it. */
  time: number;
  /** Distinguishes payloads without a time whose sequence number comes again. */
  era: number;
  /** digest.ts */
  digest: string;
  received: number;
  /** Frames with it; the following four are the last one's. */
  copies: number;
  lastReceived: number;
  /** See ReceivedUplink. */
  frame: string;
  port: number;
  payload: Uint8Array;
  counter: number | null;
  dataRate: number | null;
  frequency: number | null;
  /** ms */
  airtime: number | null;
  gateway: string | null;
  gateways: number;
  rssi: number | null;
  snr: number | null;
}

interface OfUplink {
  uplinkId: number;
  devEui: string;
  at: number;
}

/** Of a report: what the node has decided itself. */
export interface VerdictRow extends OfUplink {
  label: number;
  confidence: number;
  /** Bit i: actuator i is on. */
  actions: number;
  count: number;
}

export interface DeferralRow extends OfUplink {
  sequence: number;
  received: number;
  label: number;
  confidence: number;
  content: "none" | "window" | "embedding";
  frames: number | null;
  features: number | null;
  /** The int8 input of the network, frame after frame, and how it was compressed on its way. */
  window: Uint8Array | null;
  pool: number | null;
  bits: number | null;
  embedding: Uint8Array | null;
  /** Of a window: the sequence of the package that brought the network that it is of; 0: the firmware's own; null: stored by an earlier version. */
  model: number | null;
  /** ID of that network; null: not known. */
  network: string | null;
}

/** `description`: JSON of a NetworkDescription (networks.ts). */
export interface NetworkRow {
  id: string;
  description: string;
}

/** A network that is not in force yet, compared on deferred windows. */
export interface CandidateRow {
  /** The beginning of its file's SHA-256. */
  id: string;
  name: string;
  /** Of confidence, from which on a node acts. */
  threshold: number;
  /** Who has compared it. */
  person: string;
  comparedAt: number;
}

/** What it says of a window. */
export interface CandidateVerdictRow {
  candidate: string;
  uplinkId: number;
  label: number;
  confidence: number;
  /** 0 or 1: it was trained on this window. */
  isTrained: number;
}

/** The answer to a deferral. */
export interface DecisionRow {
  uplinkId: number;
  devEui: string;
  sequence: number;
  label: number;
  confidence: number;
  decidedAt: number;
}

/** A decision on its way: one row for each frame with the deferral. Whoever inserts it sends. */
export interface SendRow {
  uplinkId: number;
  frame: string;
  claimedAt: number;
  /** The network server has it. */
  sentAt: number | null;
}

/** What a person says of a deferred window. */
export interface PersonLabelRow {
  uplinkId: number;
  label: number;
  /** Who: the name by which he has logged in. */
  person: string;
  labelledAt: number;
}

export interface FaultRow extends OfUplink {
  /** Place in the payload. */
  place: number;
  kind: string;
  sensor: number | null;
  cause: string | null;
  count: number;
  /** By this machine's clock: what a broker or a node has kept is new when it comes. */
  storedAt: number;
}

export interface HealthRow extends OfUplink {
  safeMode: number;
  battery: number;
  millivolts: number | null;
  restarts: number;
  heapPeak: number;
  stackPeak: number | null;
  duty: number;
  /** Seconds. */
  airtime: number | null;
  erases: number | null;
  firmware: string | null;
  script: number | null;
}

/** Of an app script; `numbers`: JSON. */
export interface MessageRow extends OfUplink {
  numbers: string | null;
  text: string | null;
}

/** Update status, and what a node reports of its settings (event `settings`); `status`: JSON of the whole. */
export interface UpdateRow extends OfUplink {
  event: string;
  status: string;
}

/** A session at a broker: workers.ts */
export interface WorkerRow {
  clientId: string;
  /** Processes that share uplinks. */
  crew: string;
  /** Client ID of the process that has it: its own, or one that has taken it over. */
  holder: string;
  seenAt: number;
}
