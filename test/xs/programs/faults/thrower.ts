interface Reading {
  value: number;
}

/** Line 7 of this file throws. */
export function fail(reading: Reading): never {
  throw new RangeError(`reading ${reading.value} is out of range`);
}
