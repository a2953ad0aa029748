/** The whole API of an app script. It can import no other modules, the firmware's included. */

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

export interface AppApi {
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
  /** Names of the features of a frame. */
  readonly featureNames: readonly string[];
  /** A feature's value in each frame of the last window. @throws RangeError for an unknown name */
  features(name: string): number[];
  /** Switches an actuator. @returns whether it changed. @throws RangeError for an unknown name */
  actuate(name: string, on: boolean): boolean;
  /** Queues a report of the verdict for the cloud, with the state of the actuators. */
  send(verdict: AppVerdict): void;
  /**
   * Stores a text of at most 256 bytes for `recall`. The script begins anew after every deep sleep and reset, and its variables with it; this text and
   * the actuators' states last, until the power is cut. @throws RangeError when it is too long
   */
  remember(text: string): void;
  /** What was last passed to `remember`; "" at first. */
  recall(): string;
  /** Writes a line to the log. */
  log(text: string): void;
}

/** What the script's default export returns. */
export interface App {
  /** 1 to 65535, for the daily health report. */
  readonly version?: number;
  /** Called with each verdict that is to be acted on: the node's own when it is sure, else the cloud's. */
  onVerdict(verdict: AppVerdict): void;
}

/** The default export of an app script, called once. */
export type StartApp = (api: AppApi) => App;
