/** Current at 3.3 V of a radio, mA. The processor's own current is not in it. */
export interface Currents {
  /** dBm and mA, ascending; between two of them the current is interpolated. */
  transmit: readonly (readonly [power: number, current: number])[];
  receive: number;
  source: string;
}

/** Typical values of the data sheets, at 868/915 MHz, with the settings that the drivers use. */
export const currents: Readonly<Record<string, Currents>> = {
  sx1261: { transmit: [[10, 18], [14, 25.5], [15, 32.5]], receive: 5.3, source: "SX1261 data sheet, typical: DC-DC, boosted reception" },
  sx1262: { transmit: [[14, 90], [17, 95], [20, 102], [22, 118]], receive: 5.3, source: "SX1262 data sheet, typical: DC-DC, boosted reception, PA set for 22 dBm" },
  sx1276: { transmit: [[7, 20], [13, 29], [17, 87], [20, 120]], receive: 11.5, source: "SX1276 data sheet, typical: RFO up to 13 dBm, PA_BOOST above" },
};

/** mA while sending at `power` dBm; below the table's first row that row's, which is not too little. */
export function transmitCurrent({ transmit }: Currents, power: number): number {
  let [lowPower, low] = transmit[0]!;
  if (power <= lowPower) return low;
  for (const [highPower, high] of transmit) {
    if (power <= highPower) return low + ((high - low) * (power - lowPower)) / (highPower - lowPower);
    [lowPower, low] = [highPower, high];
  }
  return low;
}
