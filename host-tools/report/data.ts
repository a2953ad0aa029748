/** Everything the report shows. Each figure comes from the step that measured it; the page computes none. */
export interface ReportData {
  title: string;
  made: string;
  command: string;
  node: {
    name: string;
    classes: string[];
    threshold: number;
    arenaBudget: number;
    sensors: { name: string; unit: string }[];
  };
  recordings: { simulated: boolean; train: number; validation: number; test: number };
  stages: Stage[];
  /** What no network is needed for, on the same windows. */
  baselines: Baseline[];
  /** Where a stage loses what it should not, in words. */
  warnings: string[];
  /** Share of windows that the node decides itself, and its accuracy on these (null: there are none), by threshold. */
  thresholds: { threshold: number; coverage: number; accuracy: number | null }[];
  learning: Learning[];
  explorer: Explorer;
  unfit: Unfit;
  arena: { micro: number; tflm: number; operators: OperatorRow[] };
  day: RecordedDay;
  experiments?: Experiments;
}

/** A figure over seeds: mean and standard deviation of the sample. */
export interface Spread {
  mean: number;
  deviation: number;
}

/** What `loam experiments` measured: each seed with its own recordings and training, on days and sites unseen in training. */
export interface Experiments {
  seeds: number[];
  /** Accuracy, 0 to 1: by seed, and over the seeds. */
  ablation: (Spread & { features: string; accuracies: number[] })[];
  /** Accuracy lost by pruning, and after that by int8: statistics of the differences within each seed. */
  pruneCost: Spread;
  int8Cost: Spread;
}

/** One form of the network: float, pruned, int8. */
export interface Stage {
  name: string;
  note: string;
  parameters: number;
  bytes: number;
  /** On held-out windows, 0 to 1. */
  accuracy: number;
  balancedAccuracy: number;
  macroF1: number;
  /** Rows are the true class, columns the predicted one; counts of windows. */
  confusion: number[][];
  reliability: { confidence: number; accuracy: number; count: number }[];
  /** Expected calibration error, 0 to 1. */
  calibrationError: number;
}

export interface Baseline {
  name: string;
  note: string;
  accuracy: number;
  balancedAccuracy: number;
  macroF1: number;
}

/** How a training went, epoch by epoch. Losses are mean cross-entropies in nats; the accuracy, 0 to 1, is of the validation windows. */
export interface Learning {
  name: string;
  epochs: { trainLoss: number; loss: number; accuracy?: number }[];
  /** Epoch whose weights were kept, counted from 0; -1: none was better than those it began with. */
  best: number;
}

/** Held-out windows with the verdicts of the int8 network. */
export interface Explorer {
  windows: ExploredWindow[];
  /** Held-out windows in all, and those with a wrong verdict; of many not all are in `windows`. */
  held: number;
  wrong: number;
  /** Seconds of a window. */
  seconds: number;
  /** Shares of the features' variance that `x` and `y` hold. */
  explained: [x: number, y: number];
}

export interface ExploredWindow {
  recording: string;
  /** Start, on the clock of the recording. */
  time: number;
  truth: string;
  verdict: string;
  confidence: number;
  /** Place along the two principal components of the normalized features. */
  x: number;
  y: number;
  signals: Signal[];
}

/** What a sensor measured in a window. */
export interface Signal {
  sensor: string;
  unit: string;
  /** At equal distances; of many samples the least and the largest of each stretch in turn. null: missing. */
  values: (number | null)[];
  /** Amplitudes from 0 Hz to `highest`; none of a sensor with few samples. */
  spectrum?: { highest: number; values: number[] };
}

/** Windows of all recordings that were not fit for the network. */
export interface Unfit {
  count: number;
  /** Of windows that were. */
  fit: number;
  reasons: { sensor: string; kind: string; windows: number; samples: number }[];
  windows: { recording: string; time: number; reasons: { sensor: string; kind: string; count: number }[] }[];
}

export interface OperatorRow {
  index: number;
  operator: string;
  /** Bytes of arena in use while this operator runs, with each engine. */
  micro: number;
  tflm: number;
  macs: number;
  /** Bytes of constants (weights, biases) it reads from flash. */
  weights: number;
}

export interface RecordedDay {
  recording: string;
  site: string;
  /** Why this one of the held-out recordings. */
  why: string;
  /** Start of its first window and end of its last, seconds since 1970, or on the recording's own clock when that begins at 0. */
  from: number;
  to: number;
  /** Seconds from a window to the next, if none is missing. */
  everySeconds: number;
  windows: DayWindow[];
  /** Start of each recorded window; the node may have begun others. */
  times: number[];
  /** Per sensor one value for each of the times. */
  sensors: { name: string; unit: string; values: (number | null)[] }[];
  totals: DayTotals;
}

export interface DayWindow {
  /** Start, on the clock of the recording. */
  time: number;
  /** false: its samples were not fit for the network. */
  isFit: boolean;
  truth: string;
  verdict: string | null;
  confidence: number | null;
  decided: "node" | "cloud" | "nobody";
  /** The cloud's answer, if it was asked. */
  decision: string | null;
  actions: string[];
}

export interface DayTotals {
  windows: number;
  verdicts: number;
  reports: number;
  deferrals: number;
  decisions: number;
  actuations: number;
  uplinks: number;
  downlinks: number;
  /** Milliseconds of transmission by the node. */
  airtime: number;
}
