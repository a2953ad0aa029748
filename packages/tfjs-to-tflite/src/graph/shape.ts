export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
export const lastOf = (shape: readonly number[]): number => shape[shape.length - 1]!;
