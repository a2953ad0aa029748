/** What a link does where its options say nothing. */
export const linkDefaults = {
  adr: true,
  clockErrorPpm: 20,
  timingErrorMs: 2,
  antennaGain: 0,
  /** About four days at four reports per hour. */
  silenceLimit: 400,
  joinNonceCounter: true,
} as const;
