import type { Health, ScriptFailure, UplinkPayload } from "../../device/codec/codec.js";
import type { UpdateEvent, UpdateStatus } from "../../device/codec/update.js";
import type { Refused } from "../../device/policy.js";

/** Events of a simulation. Times are seconds since 1970 on the recording's clock. */
export type SimulationEvent =
  /** The node has started, with this many items in its outbox. */
  | { event: "start"; time: number; node: string; arenaUsed: number; waiting: number }
  /** The recording has ended. */
  | { event: "end"; time: number }
  /** A window is complete; `label`: the recording's. */
  | { event: "window"; time: number; isFit: boolean; waiting: number; label?: string }
  | { event: "verdict"; time: number; label: number; name: string; confidence: number; decided: "act" | "defer" }
  | { event: "actuation"; time: number; actuator: string; on: boolean }
  /** The cloud has received a payload; `duplicate`: not for the first time. */
  | {
      event: "uplink";
      time: number;
      bytes: number;
      dataRate: number;
      counter: number;
      rssi: number;
      snr: number;
      duplicate: boolean;
      payload: UplinkPayload;
    }
  /** A payload is in the node's flash. */
  | { event: "stored"; time: number; what: "report" | "deferral" | "message"; sequence: number }
  /** The node goes to deep sleep. */
  | { event: "sleep"; time: number; seconds: number }
  /** The cloud's decision. */
  | { event: "downlink"; time: number; sequence: number; label: number; name: string; confidence: number }
  /** The node's response to the decision. */
  | {
      event: "decision";
      time: number;
      sequence: number;
      label: number;
      name: string;
      confidence: number;
      outcome: "acted" | Refused;
    }
  /** An uplink or downlink packet; airtime in ms. */
  | {
      event: "radio";
      time: number;
      kind: "join" | "uplink" | "downlink";
      frequency: number;
      dataRate: number;
      bytes: number;
      airtime: number;
      counter: number;
    }
  /** An item has left the node. */
  | {
      event: "sent";
      time: number;
      sequence: number;
      port: number;
      bytes: number;
      confirmed: boolean;
      acknowledged: boolean;
    }
  | { event: "fault"; time: number; kind: string; sensor?: string; count?: number; seconds?: number }
  | { event: "restarted" | "safe mode"; time: number; cause: string; seconds?: number }
  | { event: "flash failed"; time: number; partition: string; what: string; error: string }
  | ({ event: "health"; time: number } & Omit<Health, "sequence" | "time">)
  /** What became of a package. */
  | ({ event: "update"; time: number; what: UpdateEvent; detail: string } & Omit<
      UpdateStatus,
      "sequence" | "time" | "event"
    >)
  | { event: "link"; time: number; state: string }
  | { event: "log"; time: number; text: string }
  | { event: "script failed"; time: number; failure: ScriptFailure; error: string; strikes: number }
  | { event: "script replaced"; time: number; by: string }
  /** An actuator was held to its interlock, or went to its safe state. */
  | { event: "interlock"; time: number; actuator: string; reason: string }
  | {
      event: "sensor failed" | "radio failed" | "bad downlink" | "unknown downlink";
      time: number;
      error?: string;
      sensor?: string;
    };
