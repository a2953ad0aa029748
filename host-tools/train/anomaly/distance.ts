import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { UserError } from "../../lib/errors.js";
import { Random } from "../../lib/random.js";

/** Where training windows are, and how they spread around it. */
export interface Spread {
  /** [centre][feature] */
  centres: Float64Array[];
  /** Directions, each divided by the deviation of the windows along it: [axis][feature]. */
  axes: Float64Array[];
}

/** More directions cost weights and tell little. */
const mostAxes = 32;
/** Of a covariance of so many columns all eigenvectors take some seconds. */
const mostFeatures = 1024;
/** A direction with less variance than this share of the mean one counts as having it: its little is noise, and the int8 steps of the inputs. */
const leastVariance = 1e-3;
const rounds = 50;

/**
 * Centres by k-means, and the principal axes of what is left around them: the distance along these axes is Mahalanobis's.
 * @param windows normalized, one after the other
 * @throws UserError when there are fewer windows than centres or too many features
 */
export function spreadOf(windows: Float32Array, count: number, centres: number, seed: number): Spread {
  const size = windows.length / count;
  if (count < centres)
    throw new UserError(
      `--shape distance-${centres}: there are ${count} training windows, at least as many as centres expected`,
    );
  if (size > mostFeatures)
    throw new UserError(
      `a distance over ${size} features of a window: at most ${mostFeatures} expected; use fewer frames or features, or --shape autoencoder-32-8`,
    );
  const found = kMeans(windows, count, centres, seed);
  const rest = new Matrix(count, size);
  for (let w = 0; w < count; w++)
    for (let f = 0; f < size; f++) rest.set(w, f, windows[w * size + f]! - found.centres[found.nearest[w]!]![f]!);
  const covariance = rest.transpose().mmul(rest).div(count);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const mean = realEigenvalues.reduce((sum, value) => sum + value, 0) / size;
  if (!(mean > 0))
    throw new UserError("the training windows are all alike: windows of the node's ordinary days expected");
  const largest = realEigenvalues.map((_, axis) => axis).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const axes = largest.slice(0, mostAxes).map((axis) => {
    const deviation = Math.sqrt(Math.max(realEigenvalues[axis]!, leastVariance * mean));
    return Float64Array.from({ length: size }, (_, feature) => eigenvectorMatrix.get(feature, axis) / deviation);
  });
  return { centres: found.centres, axes };
}

interface Clusters {
  centres: Float64Array[];
  /** Of each window the index of its centre. */
  nearest: Int32Array;
}

/** Lloyd's algorithm from centres far apart (k-means++; Arthur and Vassilvitskii, 2007). */
function kMeans(windows: Float32Array, count: number, k: number, seed: number): Clusters {
  const size = windows.length / count;
  const random = new Random(`centres/${seed}`);
  const windowAt = (w: number): Float64Array => Float64Array.from(windows.subarray(w * size, (w + 1) * size));
  const centres = [windowAt(Math.floor(random.uniform(0, count)))];
  const least = new Float64Array(count).fill(Infinity);
  while (centres.length < k) {
    const newest = centres.at(-1)!;
    for (let w = 0; w < count; w++) least[w] = Math.min(least[w]!, squaredDistance(windows, w * size, newest));
    let left = random.uniform(
      0,
      least.reduce((sum, value) => sum + value, 0),
    );
    const next = least.findIndex((value) => (left -= value) < 0);
    centres.push(windowAt(next < 0 ? count - 1 : next));
  }
  const nearest = new Int32Array(count).fill(-1);
  for (let round = 0, isChanged = true; round < rounds && isChanged; round++) {
    isChanged = false;
    for (let w = 0; w < count; w++) {
      const distances = centres.map((centre) => squaredDistance(windows, w * size, centre));
      const best = distances.indexOf(Math.min(...distances));
      if (best !== nearest[w]) isChanged = true;
      nearest[w] = best;
    }
    centres.forEach((centre, index) => moveToMean(centre, index, nearest, windows));
  }
  return { centres, nearest };
}

/** A centre without windows stays where it is. */
function moveToMean(centre: Float64Array, index: number, nearest: Int32Array, windows: Float32Array): void {
  const own = nearest.reduce((sum, each) => sum + (each === index ? 1 : 0), 0);
  if (own === 0) return;
  centre.fill(0);
  nearest.forEach((each, w) => {
    if (each === index) for (let f = 0; f < centre.length; f++) centre[f]! += windows[w * centre.length + f]! / own;
  });
}

function squaredDistance(windows: Float32Array, at: number, centre: Float64Array): number {
  let sum = 0;
  for (let f = 0; f < centre.length; f++) sum += (windows[at + f]! - centre[f]!) ** 2;
  return sum;
}
