/** Of an ABP session. */
export const abpDefaults = { rxDelay: 1, rx1Offset: 0 } as const;

/** What a link does where its options say nothing. */
export const linkDefaults = {
  adr: true,
  clockErrorPpm: 20,
  timingErrorMs: 2,
  /** A half-wave dipole's, over isotropic, dB: limits in ERP refer to it. */
  antennaGain: 2.15,
  /** About four days at four reports per hour. */
  silenceLimit: 400,
  joinNonceCounter: true,
} as const;
