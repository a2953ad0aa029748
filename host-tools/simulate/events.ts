import type { UplinkPayload } from "../../device/codec/codec.js";
import type { Refused } from "../../device/policy.js";

/** What happens in a simulation. Times are seconds since 1970 on the recording's clock. */
export type SimulationEvent =
  /** The node runs, with so many items in its outbox. */
  | { event: "start"; time: number; node: string; arenaUsed: number; waiting: number }
  /** The recording is over. */
  | { event: "end"; time: number }
  /** A window is over; `label`: what the recording says it was. */
  | { event: "window"; time: number; isFit: boolean; waiting: number; label?: string }
  | { event: "verdict"; time: number; label: number; name: string; confidence: number; decided: "act" | "defer" }
  | { event: "actuation"; time: number; actuator: string; on: boolean }
  /** The cloud has received a payload; `again`: one that it had. */
  | {
      event: "uplink";
      time: number;
      bytes: number;
      dataRate: number;
      counter: number;
      rssi: number;
      snr: number;
      again: boolean;
      payload: UplinkPayload;
    }
  /** The cloud answers. */
  | { event: "downlink"; time: number; sequence: number; label: number; name: string; confidence: number }
  /** What the node did with the answer. */
  | {
      event: "decision";
      time: number;
      sequence: number;
      label: number;
      name: string;
      confidence: number;
      outcome: "acted" | Refused;
    }
  /** A packet of the node's, or for it, on the air; airtime in ms. */
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
  | { event: "link"; time: number; state: string }
  | { event: "log"; time: number; text: string }
  | {
      event: "sensor failed" | "script failed" | "radio failed" | "bad downlink" | "unknown downlink";
      time: number;
      error?: string;
      sensor?: string;
    };
