/**
 * The whole API of an app script, level 1 (docs/scripts.md). It can import no other modules, the firmware's included. The script runs in a machine
 * of its own, and between two windows only: what happens during one is passed on at its end.
 */

/** The classification of the last window, by the node's network or by the cloud. */
export interface AppVerdict {
  /** One of `AppApi.classes`. */
  readonly name: string;
  /** Index into `AppApi.classes`. */
  readonly label: number;
  /** 0..1 */
  readonly confidence: number;
  /** Start of the window, seconds since 1970; 0 when the node did not know the time. */
  readonly time: number;
  /** When the time is not known: the node's uptime at the window's start, seconds; the payload's timestamp is filled in later. */
  readonly made?: number;
  /** Who decided. */
  readonly source: "node" | "cloud";
}

/** Something is wrong with the node or a sensor. */
export interface AppFault {
  /** "missing", "stuck", "not a number", "out of range", "surplus", "clock jumped" ... */
  readonly kind: string;
  /** The sensor's name, when it is about one. */
  readonly sensor?: string;
  readonly count: number;
}

/** A window that gave no verdict, because of faults of its sensors. */
export interface AppUnfit {
  /** Its start, seconds since 1970; 0 when the node did not know the time. */
  readonly time: number;
}

/** The cloud's answer to a deferral. */
export interface AppDecision {
  readonly name: string;
  readonly label: number;
  readonly confidence: number;
  /** "acted": onVerdict is called with it too; else why it is refused: "late", "superseded", "unknown", "no such class". */
  readonly outcome: string;
}

export interface AppLink {
  /** Of the LoRaWAN link; "asleep": not opened since the node's start or its last deep sleep. */
  readonly state: "asleep" | "idle" | "joining" | "joined" | "exhausted";
  /** Payloads that were not sent yet. Others may have been, and wait for their acknowledgement. */
  readonly waiting: number;
}

export interface AppBattery {
  /** 0..1, on external power 1; undefined: not known. */
  readonly level?: number;
  /** 0: not known. */
  readonly millivolts: number;
}

export interface AppApi {
  /** 1 */
  readonly level: number;
  /** `app` of the node description. */
  readonly config: {
    /** By class, the actuators to switch on or off. */
    readonly rules?: Readonly<Record<string, Readonly<Record<string, boolean>>>>;
    /** Whatever the description's author put there. */
    readonly settings?: Readonly<Record<string, unknown>>;
  };
  readonly classes: readonly string[];
  /** Names of the node's actuators. */
  readonly actuators: readonly string[];
  /** Names of the node's sensors. */
  readonly sensors: readonly string[];
  /** Names of the features of a frame. */
  readonly featureNames: readonly string[];
  /** A feature's value in each frame of the last window. @throws RangeError for an unknown name */
  features(name: string): number[];
  /**
   * Switches an actuator. @returns whether it changed: not when it was so, nor during the pause that `minOffSeconds` wants.
   * @throws RangeError for an unknown name, TypeError unless `on` is true or false, QuotaError
   */
  actuate(name: string, on: boolean): boolean;
  /** Whether an actuator is on. @throws RangeError for an unknown name */
  isOn(name: string): boolean;
  /** Queues a report of the verdict for the cloud, with the state of the actuators. @throws TypeError, RangeError, QuotaError */
  send(verdict: AppVerdict): void;
  /** Queues 1 to 8 numbers for the cloud, as float32. @throws TypeError, RangeError, QuotaError */
  sendValues(values: readonly number[]): void;
  /** Queues a text of 1 to 40 bytes for the cloud. @throws TypeError, RangeError, QuotaError */
  sendText(text: string): void;
  /**
   * Calls `onTimer(name)` after 1 s to 31 days, and with `repeat` again and again. Replaces the timer of that name; in the script's start it puts none off that is there already. At most 8.
   * Timers outlast deep sleep and resets; the node wakes for them. @throws TypeError, RangeError
   */
  setTimer(name: string, seconds: number, repeat?: boolean): void;
  /** @returns whether there was one. @throws TypeError, RangeError for what is no name */
  clearTimer(name: string): boolean;
  /** Seconds since 1970; 0 when the node does not know the time. */
  now(): number;
  /** Seconds since power-on, sleep included. */
  uptime(): number;
  link(): AppLink;
  battery(): AppBattery;
  /** Stores a text in flash, under a name; "" removes it. It outlasts power cuts and updates. @throws TypeError, RangeError beyond `storageBytes`, QuotaError after 24 writes a day */
  store(name: string, text: string): void;
  /** What was stored; "" at first. @throws TypeError, RangeError for what is no name */
  load(name: string): string;
  /**
   * Stores a text of at most 256 bytes for `recall`, without wear. The script begins anew after every deep sleep and reset, and its variables with it; this text, timers and
   * the actuators' states last, until the power is cut. @throws TypeError, RangeError when it is too long
   */
  remember(text: string): void;
  /** What was last passed to `remember`; "" at first. */
  recall(): string;
  /** Writes a line to the log: 500 characters at most, or fewer of those that have many bytes. */
  log(text: string): void;
}

/** What the script's default export returns. */
export interface App {
  /** 1 to 65535, for the daily health report. */
  readonly version?: number;
  /** Called with each verdict that is to be acted on: the node's own when it is sure, else the cloud's. */
  onVerdict(verdict: AppVerdict): void;
  /** Called when a timer of `setTimer` is due. */
  onTimer?(name: string): void;
  onFault?(fault: AppFault): void;
  /** Called after a window without a verdict. Actuators with `onFault` "safe" are in their safe state by then. */
  onUnfit?(window: AppUnfit): void;
  onDecision?(decision: AppDecision): void;
  /** Called when the link's state has changed. */
  onLink?(link: AppLink): void;
}

/** The default export of an app script, called once. */
export type StartApp = (api: AppApi) => App;
