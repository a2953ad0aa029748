import {
  FusedBatchNorm,
  add,
  matMul,
  mul,
  neg,
  ones,
  registerGradient,
  reshape,
  rsqrt,
  scalar,
  sub,
  unregisterGradient,
  util,
  type Tensor,
  type Rank,
} from "@tensorflow/tfjs-core";

/** Sums over all axes but the last, as a product with ones: wasm sums over leading axes by transposing first. */
function sumOverRows(x: Tensor): Tensor {
  const columns = x.shape[x.rank - 1]!;
  const rows = x.size / columns;
  return reshape(matMul(ones<Rank.R2>([1, rows]), reshape<Rank.R2>(x, [rows, columns])), [columns]);
}

/**
 * Gradient of batch normalization y = (x - mean) / sqrt(variance + e) * scale + offset for statistics of the last axis; tfjs' own repeats them over the whole
 * batch in memory, which takes a third of a training step.
 */
function gradient(
  dy: Tensor | Tensor[],
  saved: Tensor[],
  attrs: Record<string, unknown>,
): Record<string, () => Tensor> {
  const [x, mean, variance, scale] = saved as [Tensor, Tensor, Tensor, Tensor | undefined];
  const dOut = dy as Tensor;
  util.assert(
    mean.rank === 1 && mean.shape[0] === x.shape[x.rank - 1],
    () =>
      `batch normalization trains over the last axis only; its statistics are ${String(mean.shape)} for ${String(x.shape)}`,
  );
  const gain = scale ?? scalar(1);
  const inverse = rsqrt(add(variance, scalar(attrs["varianceEpsilon"] as number)));
  const sum = sumOverRows(dOut);
  const moment = sub(sumOverRows(mul(dOut, x)), mul(sum, mean));
  return {
    x: () => mul(dOut, mul(inverse, gain)),
    mean: () => neg(mul(sum, mul(inverse, gain))),
    variance: () => mul(mul(moment, gain), mul(scalar(-0.5), mul(inverse, mul(inverse, inverse)))),
    scale: () => mul(moment, inverse),
    offset: () => sum,
  };
}

export function registerBatchNorm(): void {
  unregisterGradient(FusedBatchNorm);
  registerGradient({
    kernelName: FusedBatchNorm,
    inputsToSave: ["x", "mean", "variance", "scale"],
    gradFunc: gradient,
  });
}
