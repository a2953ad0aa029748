/** A place on the earth, degrees. */
export interface Place {
  latitude: number;
  longitude: number;
}

export interface Projection {
  /** Units of the plot, from its upper left corner. */
  at(place: Place): { x: number; y: number };
  metresPerUnit: number;
}

/** WGS 84's mean radius, 2 a + b over 3. */
const radius = 6_371_008.8;
const radians = Math.PI / 180;
/** So that one node alone, or several at one place, have a plot. */
const leastMetres = 100;

/**
 * An equirectangular projection, north up, that shows all places within a margin: true to scale in both directions at their middle latitude.
 * @param places at least one; they may lie on both sides of the 180th meridian
 */
export function project(places: readonly Place[], width: number, height: number, margin: number): Projection {
  const latitudes = places.map(({ latitude }) => latitude);
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)];
  const origin = places[0]!.longitude;
  const east = (longitude: number) => ((((longitude - origin + 180) % 360) + 360) % 360) - 180;
  const easts = places.map(({ longitude }) => east(longitude));
  const [west, most] = [Math.min(...easts), Math.max(...easts)];
  const [middleX, middleY] = [(west + most) / 2, (south + north) / 2];
  const metresEast = radius * radians * Math.cos(middleY * radians);
  const metresNorth = radius * radians;
  const metresPerUnit = Math.max(
    Math.max(leastMetres, (most - west) * metresEast) / (width - 2 * margin),
    Math.max(leastMetres, (north - south) * metresNorth) / (height - 2 * margin),
  );
  return {
    metresPerUnit,
    at: ({ latitude, longitude }) => ({
      x: width / 2 + ((east(longitude) - middleX) * metresEast) / metresPerUnit,
      y: height / 2 - ((latitude - middleY) * metresNorth) / metresPerUnit,
    }),
  };
}

/** The largest of 1, 2 or 5 times a power of ten that is not longer than `most`. */
export function roundLength(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return ([5, 2, 1].find((one) => one * power <= most) ?? 1) * power;
}

export const lengthText = (metres: number): string => (metres < 1000 ? `${metres} m` : `${metres / 1000} km`);
