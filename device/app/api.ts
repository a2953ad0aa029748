/** All that an app script is given. It has no other modules, and no way to the firmware's. */

/** What the network, or the cloud in its place, thinks of the last window. */
export interface AppVerdict {
  /** One of `AppApi.classes`. */
  readonly name: string;
  /** Index into `AppApi.classes`. */
  readonly label: number;
  /** 0..1 */
  readonly confidence: number;
  /** Start of the window, seconds since 1970; 0: the node did not know the time. */
  readonly time: number;
  /** When the time is not known: the window's start by the node's own clock, seconds; what is sent with it gets its time later. */
  readonly made?: number;
  /** Who was sure of it. */
  readonly source: "node" | "cloud";
}

export interface AppApi {
  /** `app` of the node description. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly classes: readonly string[];
  /** Names of the node's actuators. */
  readonly actuators: readonly string[];
  /** Names of the features of a frame. */
  readonly featureNames: readonly string[];
  /** A feature's value in each frame of the last window. @throws RangeError for a name that there is not */
  features(name: string): number[];
  /** Switches an actuator. @returns whether that was a change. @throws RangeError for a name that there is not */
  actuate(name: string, on: boolean): boolean;
  /** Reports the verdict to the cloud, with the actuators that are on. */
  send(verdict: AppVerdict): void;
  /** A line for whoever watches. */
  log(text: string): void;
}

/** What the script's default export returns. */
export interface App {
  /** Called with each verdict that is to be acted on: the node's own when it is sure, else the cloud's. */
  onVerdict(verdict: AppVerdict): void;
}

/** The default export of an app script, called once. */
export type StartApp = (api: AppApi) => App;
