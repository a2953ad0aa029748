/** Fewer points give no meaningful correlation. */
const minPoints = 4;

/** Pearson's correlation of a[from..to) and b[from..to), -1 to 1; 0 when one of them is constant or there are fewer than 4 points. */
export function correlation(a: Float32Array, b: Float32Array, from: number, to: number): number {
  const count = to - from;
  if (count < minPoints) return 0;
  const firstA = a[from]!;
  const firstB = b[from]!;
  let sumA = 0;
  let sumB = 0;
  let squaresA = 0;
  let squaresB = 0;
  let products = 0;
  for (let i = from; i < to; i++) {
    const x = a[i]! - firstA;
    const y = b[i]! - firstB;
    sumA += x;
    sumB += y;
    squaresA += x * x;
    squaresB += y * y;
    products += x * y;
  }
  const spread = (squaresA - (sumA * sumA) / count) * (squaresB - (sumB * sumB) / count);
  if (!(spread > 0)) return 0;
  return Math.max(-1, Math.min(1, (products - (sumA * sumB) / count) / Math.sqrt(spread)));
}
