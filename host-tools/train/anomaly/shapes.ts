import { UserError } from "../../lib/errors.js";

/** Distance from centres among the training windows, along the axes in which these vary. */
export interface DistanceShape {
  kind: "distance";
  centres: number;
}

/** Difference between a window and what a narrow network makes of it. */
export interface AutoencoderShape {
  kind: "autoencoder";
  /** Of the layers down to the narrowest; the same way up again follows. */
  units: number[];
}

export type DetectorShape = DistanceShape | AutoencoderShape;

export const defaultDetector = "distance-1";

export const detectorHelp =
  "for an anomaly task distance-4 (from the nearest of 4 centres) or autoencoder-32-8 (widths down to the narrowest layer)";

/** @throws UserError for another name */
export function parseDetector(name: string): DetectorShape {
  const match = /^(distance|autoencoder)((?:-[1-9]\d{0,3}){1,6})$/.exec(name);
  const numbers = match ? match[2]!.slice(1).split("-").map(Number) : [];
  if (!match || (match[1] === "distance" && (numbers.length > 1 || numbers[0]! > mostCentres)))
    throw new UserError(
      `--shape ${name}: no such shape; expected ${detectorHelp}, with at most ${mostCentres} centres`,
    );
  return match[1] === "distance" ? { kind: "distance", centres: numbers[0]! } : { kind: "autoencoder", units: numbers };
}

const mostCentres = 16;
