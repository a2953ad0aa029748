import { whole } from "../../web/format.js";

/** Times of three digits. */
export const time = (value: number | undefined): string =>
  value === undefined ? "" : value >= 100 ? whole(value) : value.toPrecision(3);

/** Signal to noise in dB; null stands for no difference. */
export const decibels = (snr: number | null | undefined): string =>
  snr === undefined ? "" : snr === null ? "equal" : snr.toFixed(1);
