import type { Generated } from "kysely";

export interface AlarmTables {
  alarms: AlarmRow;
  alarmDeliveries: AlarmDeliveryRow;
  alarmWatch: AlarmWatchRow;
}

export type AlarmKind = "silent" | "fault" | "battery" | "class";

/** What a rule has found with a node; of a node and a rule at most one is open. */
export interface AlarmRow {
  id: Generated<number>;
  devEui: string;
  /** Its name. */
  rule: string;
  kind: AlarmKind;
  /** For a person: the last value, the fault, the class. */
  what: string;
  /** silent: when the node was heard last; fault: how many; battery: V or %; class: confidence. */
  value: number;
  openedAt: number;
  /** null: it is open. */
  closedAt: number | null;
}

/** What is told of an alarm by a channel. */
export interface AlarmDeliveryRow {
  /** A UUID: the same with each attempt. */
  id: string;
  alarmId: number;
  event: "opened" | "closed";
  /** Its name. */
  channel: string;
  /** Of the next attempt; of one that goes on: when another process makes it anew. */
  dueAt: number;
  tries: number;
  doneAt: number | null;
  /** No further attempt is made. */
  failedAt: number | null;
  /** Of the last attempt. */
  error: string | null;
}

/** One row: the rules are evaluated by whoever changes it. */
export interface AlarmWatchRow {
  id: number;
  evaluatedAt: number;
  /** When they were before. */
  previousAt: number;
  /** JSON: from and until when nobody evaluated them, in order of time. */
  gaps: string;
}
