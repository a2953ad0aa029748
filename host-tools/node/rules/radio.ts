import { ChannelPlan } from "../../../device/lorawan/channels.js";
import { linkPower } from "../../../device/lorawan/power.js";
import { regions } from "../../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../../device/lorawan/types.js";
import { chips } from "../chips.js";
import type { Findings } from "../findings.js";
import type { CheckedNode } from "../schema/node.js";
import type { Rule } from "./draft.js";

/** The data rates of uplinks on the channels that a node has before the network defines others. */
function uplinkRates(region: RegionName): number[] {
  const plan = new ChannelPlan(regions[region]);
  plan.reset();
  return regions[region].dataRates.flatMap((_, rate) => (plan.supports(rate) ? [rate] : []));
}

/** Settings that depend on the region, and pins that depend on settings. */
export const checkRadio: Rule = ({ radio, chip }, findings) => {
  if (!radio) return;
  const rates = uplinkRates(radio.region);
  if (radio.dataRate !== undefined && !rates.includes(radio.dataRate))
    findings.expected(
      ["radio", "dataRate"],
      `one of ${rates.join(", ")}, the data rates of uplinks on the default channels of ${radio.region}`,
    );
  if (radio.subBand !== undefined && regions[radio.region].plan !== "fixed")
    findings.expected(["radio", "subBand"], `no such key in ${radio.region}: only US915 and AU915 have sub-bands`);
  checkPower(radio.board, findings);
  const { pins, rfSwitch } = radio.board;
  if (!pins) return;
  for (const [line, modes] of [
    ["txEnable", ["pins"]],
    ["rxEnable", "busy" in pins ? ["pins", "dio2"] : ["pins"]],
  ] as const)
    if (pins[line] !== undefined && !modes.includes(rfSwitch as never))
      findings.expected(
        ["radio", "board", "pins", line],
        `"rfSwitch": ${modes.map((mode) => `"${mode}"`).join(" or ")} as well, without which the line is not used`,
      );
  if (rfSwitch === "pins" && pins.txEnable === undefined && pins.rxEnable === undefined)
    findings.expected(["radio", "board", "rfSwitch"], "txEnable or rxEnable in pins, the lines to switch");
  if (!chip) return;
  const { title, spiHosts } = chips[chip];
  if (!spiHosts.includes(pins.spi))
    findings.expected(
      ["radio", "board", "pins", "spi"],
      `${spiHosts.join(" or ")} on an ${title} (without the key it is ${pins.spi})`,
    );
};

/** A limit below the lowest power would leave none to transmit with. */
function checkPower(board: CheckedNode["radio"]["board"], findings: Findings): void {
  const { chip, maxPower } = board;
  const [lowest] = linkPower(chip, "paPin" in board ? board.paPin : undefined);
  if (maxPower !== undefined && maxPower < lowest)
    findings.expected(
      ["radio", "board", "maxPower"],
      `a whole number from ${lowest}, the lowest power of an ${chip.toUpperCase()} here`,
    );
}
