import { Random } from "../lib/random.js";
import { classCounts, normalize, type TrainingData } from "../train/examples.js";
import { confusionMatrix, scoresOf, type Scores } from "./metrics.js";

/** What costs no network. One that does no better has learned nothing that pays. */
export interface Baseline extends Scores {
  name: "majority" | "nearest neighbour";
  note: string;
}

/** Differences of features that the nearest neighbour may take, some seconds; beyond them it looks at fewer training windows. */
const affordable = 3e9;

/** Both baselines on the test windows; none where these are all of one class, which a baseline has right. Where training has one class only, nearest neighbour is the majority: the commonest training class, and the class of the nearest training window by its normalized features. */
export function baselinesOf(data: TrainingData): Baseline[] {
  const { train, test, classes } = data;
  if (new Set(test.labels).size < 2) return [];
  const scores = (given: Int32Array): Scores => scoresOf(confusionMatrix(test.labels, given, classes.length));
  const counts = classCounts(train, classes.length);
  const commonest = counts.indexOf(Math.max(...counts));
  const size = train.features.length / train.count;
  const looked = Math.max(1, Math.min(train.count, Math.floor(affordable / (test.count * size))));
  const majority: Baseline = {
    name: "majority",
    note: `always ${classes[commonest]}`,
    ...scores(new Int32Array(test.count).fill(commonest)),
  };
  if (new Set(train.labels).size < 2) return [majority];
  return [
    majority,
    {
      name: "nearest neighbour",
      note: `over the same features, ${looked < train.count ? `${looked} of ` : ""}${train.count} training windows`,
      ...scores(nearest(data, looked)),
    },
  ];
}

/** Label of the training window at the least Euclidean distance, for each test window. @param looked training windows that are looked at */
function nearest({ train, test, normalizer }: TrainingData, looked: number): Int32Array {
  const known = normalize(train.features, normalizer);
  const asked = normalize(test.features, normalizer);
  const size = known.length / train.count;
  const chosen =
    looked < train.count
      ? new Random("nearest neighbour").order(train.count).subarray(0, looked)
      : Int32Array.from({ length: train.count }, (_, window) => window);
  return Int32Array.from({ length: test.count }, (_, window) => {
    const at = window * size;
    let least = Infinity;
    let label = -1;
    for (const candidate of chosen) {
      const distance = distanceBelow(asked, at, known, candidate * size, size, least);
      if (distance < least) [least, label] = [distance, train.labels[candidate]!];
    }
    return label;
  });
}

/** Squared distance; Infinity as soon as it is not below `limit`. */
function distanceBelow(a: Float32Array, i: number, b: Float32Array, j: number, size: number, limit: number): number {
  let sum = 0;
  for (const end = i + size; i < end; i++, j++) {
    const difference = a[i]! - b[j]!;
    sum += difference * difference;
    if (sum >= limit) return Infinity;
  }
  return sum;
}
