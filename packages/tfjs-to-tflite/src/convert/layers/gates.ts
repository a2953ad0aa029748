/** Columns of a kernel [in, gates * units] as rows [rows, in], gate by gate in the given order. */
export function gateRows(
  { shape, data }: { shape: number[]; data: Float32Array },
  units: number,
  gates: readonly number[],
): { shape: number[]; data: Float32Array } {
  const [inputs, columns] = shape as [number, number];
  const rows = gates.flatMap((gate) => Array.from({ length: units }, (_, unit) => gate * units + unit));
  return {
    shape: [rows.length, inputs],
    data: Float32Array.from({ length: rows.length * inputs }, (_, i) => {
      const [row, input] = [Math.floor(i / inputs), i % inputs];
      return data[input * columns + rows[row]!]!;
    }),
  };
}
