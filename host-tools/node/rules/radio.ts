import { regions } from "../../../device/lorawan/regions/regions.js";
import type { Region } from "../../../device/lorawan/regions/types.js";
import { chips } from "../chips.js";
import type { Rule } from "./draft.js";

/** Data rates of an uplink. */
function uplinkRates({ dataRates, uplinkRates: [slowest, fastest], fixed }: Region): number[] {
  return dataRates.flatMap((rate, index) =>
    rate && ((index >= slowest && index <= fastest) || index === fixed?.dataRate500) ? [index] : [],
  );
}

/** Settings that depend on the region, and pins that depend on settings. */
export const checkRadio: Rule = ({ radio, chip }, findings) => {
  if (!radio) return;
  const region: Region = regions[radio.region];
  const rates = uplinkRates(region);
  if (radio.dataRate !== undefined && !rates.includes(radio.dataRate))
    findings.expected(
      ["radio", "dataRate"],
      `one of ${rates.join(", ")}, the data rates of uplinks in ${radio.region}`,
    );
  if (radio.subBand !== undefined && region.plan !== "fixed")
    findings.expected(["radio", "subBand"], `no such key in ${radio.region}: only US915 and AU915 have sub-bands`);
  const { pins, rfSwitch } = radio.board;
  if (!pins) return;
  for (const line of ["txEnable", "rxEnable"] as const)
    if (pins[line] !== undefined && rfSwitch !== "pins")
      findings.expected(
        ["radio", "board", "pins", line],
        `"rfSwitch": "pins" beside it, without which the line is not used`,
      );
  if (rfSwitch === "pins" && pins.txEnable === undefined && pins.rxEnable === undefined)
    findings.expected(
      ["radio", "board", "rfSwitch"],
      "txEnable or rxEnable in pins, the lines that are to be switched",
    );
  if (!chip) return;
  const { title, spiHosts } = chips[chip];
  if (!spiHosts.includes(pins.spi))
    findings.expected(
      ["radio", "board", "pins", "spi"],
      `${spiHosts.join(" or ")} on an ${title} (without the key it is ${pins.spi})`,
    );
};
