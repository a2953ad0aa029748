/** Outputs whose quantization the format fixes, [0, 1) or [-1, 1), so that they cannot say 1. */
export const probability = { scale: 1 / 256, zeroPoint: -128 } as const;
export const symmetric = { scale: 1 / 128, zeroPoint: 0 } as const;

export const tableOnDesktop = "a table filled with the float function, without an input radius at which to saturate";
