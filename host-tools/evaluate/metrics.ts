/** Figures of a classifier on labelled windows. Pure functions; probabilities are [window][class], labels indices of classes. */

export interface ClassFigures {
  /** Of the windows given this label, the share that has it. NaN when none was given it. */
  precision: number;
  /** Of the windows that have this label, the share that was given it. NaN when none has it. */
  recall: number;
  /** Windows that have this label. */
  support: number;
}

export interface ReliabilityBin {
  /** Means over the windows whose confidence falls in the bin. */
  confidence: number;
  accuracy: number;
  count: number;
}

export interface ThresholdPoint {
  threshold: number;
  /** Share of windows with at least this confidence: those that the node decides itself. The others go to the cloud. */
  coverage: number;
  /** Share of the covered windows that are labelled right; NaN when none is covered. */
  accuracy: number;
}

/** The likeliest class of each window and its probability. Of equal ones the first. */
export function verdicts(
  probabilities: Float32Array,
  classes: number,
): { labels: Int32Array; confidences: Float32Array } {
  const count = probabilities.length / classes;
  const labels = new Int32Array(count);
  const confidences = new Float32Array(count);
  for (let window = 0; window < count; window++) {
    const row = probabilities.subarray(window * classes, (window + 1) * classes);
    const most = Math.max(...row);
    labels[window] = row.indexOf(most);
    confidences[window] = most;
  }
  return { labels, confidences };
}

/** Rows are the true class, columns the predicted one. */
export function confusionMatrix(truth: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < truth.length; i++) matrix[truth[i]!]![predicted[i]!]!++;
  return matrix;
}

export function accuracyOf(confusion: number[][]): number {
  const total = confusion.flat().reduce((sum, n) => sum + n, 0);
  return confusion.reduce((sum, row, label) => sum + row[label]!, 0) / total;
}

export function classFigures(confusion: number[][]): ClassFigures[] {
  return confusion.map((row, label) => {
    const right = row[label]!;
    const support = row.reduce((sum, n) => sum + n, 0);
    const given = confusion.reduce((sum, other) => sum + other[label]!, 0);
    return { precision: right / given, recall: right / support, support };
  });
}

/**
 * Mean F1 of the classes, each counting as much, however common; classes that no window has and none was given are left out. F1 of a class is
 * 2 * true positives / (2 * true positives + false positives + false negatives).
 */
export function macroF1(confusion: number[][]): number {
  const each = classFigures(confusion).flatMap(({ support }, label) => {
    const given = confusion.reduce((sum, row) => sum + row[label]!, 0);
    return support + given > 0 ? [(2 * confusion[label]![label]!) / (support + given)] : [];
  });
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}

/** Mean recall of the classes that some window has. */
export function balancedAccuracy(confusion: number[][]): number {
  const each = classFigures(confusion).filter(({ support }) => support > 0);
  return each.reduce((sum, { recall }) => sum + recall, 0) / each.length;
}

/** Confidence against accuracy in bins of equal width; the last takes 1 too. */
export function reliabilityCurve(
  confidences: ArrayLike<number>,
  right: ArrayLike<boolean>,
  bins = 10,
): ReliabilityBin[] {
  const sums = Array.from({ length: bins }, () => ({ confidence: 0, right: 0, count: 0 }));
  for (let i = 0; i < confidences.length; i++) {
    const bin = sums[Math.min(bins - 1, Math.floor(confidences[i]! * bins))]!;
    bin.confidence += confidences[i]!;
    bin.right += right[i] ? 1 : 0;
    bin.count++;
  }
  return sums.map(({ confidence, right: hits, count }) => ({
    confidence: count ? confidence / count : 0,
    accuracy: count ? hits / count : 0,
    count,
  }));
}

/** Mean distance of confidence from accuracy over the bins, each weighted by its windows (Naeini, Cooper and Hauskrecht, 2015). */
export function calibrationError(curve: ReliabilityBin[]): number {
  const total = curve.reduce((sum, { count }) => sum + count, 0);
  return curve.reduce(
    (sum, { confidence, accuracy, count }) => sum + (count * Math.abs(confidence - accuracy)) / total,
    0,
  );
}

/** What a threshold on confidence brings, for each of `thresholds`. */
export function thresholdCurve(
  confidences: ArrayLike<number>,
  right: ArrayLike<boolean>,
  thresholds: number[],
): ThresholdPoint[] {
  return thresholds.map((threshold) => {
    let covered = 0;
    let hits = 0;
    for (let i = 0; i < confidences.length; i++) {
      if (confidences[i]! < threshold) continue;
      covered++;
      if (right[i]) hits++;
    }
    return { threshold, coverage: covered / confidences.length, accuracy: hits / covered };
  });
}

/** Thresholds that are shown: 0 to 1 in steps of a fiftieth. */
const shownThresholds = Array.from({ length: 51 }, (_, index) => index / 50);

/**
 * Area under the ROC curve: how often a window that has the class is given more of it than one that has not, equal ones counting half. NaN when all have it, or none.
 * @param given for each window how much of the class it is
 */
export function rocArea(given: ArrayLike<number>, has: ArrayLike<boolean>): number {
  const order = Array.from({ length: given.length }, (_, i) => i).sort((a, b) => given[a]! - given[b]!);
  let [ranks, positive] = [0, 0];
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && given[order[to]!] === given[order[from]!]) to++;
    for (let i = from; i < to; i++) {
      if (!has[order[i]!]) continue;
      positive++;
      ranks += (from + 1 + to) / 2;
    }
  }
  return (ranks - (positive * (positive + 1)) / 2) / (positive * (order.length - positive));
}

/** F1 of one class; 0 when no window is rightly given it. */
export function f1Of({ precision, recall }: ClassFigures): number {
  return precision > 0 && recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
}

/** What one number says of a confusion matrix; 0 to 1. */
export interface Scores {
  accuracy: number;
  macroF1: number;
  balancedAccuracy: number;
}

export const scoresOf = (confusion: number[][]): Scores => ({
  accuracy: accuracyOf(confusion),
  macroF1: macroF1(confusion),
  balancedAccuracy: balancedAccuracy(confusion),
});

export interface Metrics extends Scores {
  windows: number;
  /** Of two classes: area under the ROC curve of the second. */
  rocArea?: number;
  confusion: number[][];
  classes: ClassFigures[];
  reliability: ReliabilityBin[];
  calibrationError: number;
  thresholds: ThresholdPoint[];
  /** At the node's own threshold; `cloud` is the share of windows that it defers. */
  atThreshold: ThresholdPoint & { cloud: number };
}

/** Of two classes, the second's area under the ROC curve. */
export const secondArea = (probabilities: Float32Array, truth: Int32Array): number =>
  rocArea(
    probabilities.filter((_, i) => i % 2 === 1),
    Array.from(truth, (label) => label === 1),
  );

/** Everything about one network on one set of windows. */
export function metricsOf(probabilities: Float32Array, truth: Int32Array, classes: number, threshold: number): Metrics {
  const { labels, confidences } = verdicts(probabilities, classes);
  const right = Array.from(labels, (label, window) => label === truth[window]);
  const confusion = confusionMatrix(truth, labels, classes);
  const reliability = reliabilityCurve(confidences, right);
  const own = thresholdCurve(confidences, right, [threshold])[0]!;
  return {
    windows: truth.length,
    ...(classes === 2 && { rocArea: secondArea(probabilities, truth) }),
    ...scoresOf(confusion),
    confusion,
    classes: classFigures(confusion),
    reliability,
    calibrationError: calibrationError(reliability),
    thresholds: thresholdCurve(confidences, right, shownThresholds),
    atThreshold: { ...own, cloud: 1 - own.coverage },
  };
}
