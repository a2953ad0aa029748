import { ChannelPlan } from "../../../device/lorawan/channels.js";
import { linkPower } from "../../../device/lorawan/power.js";
import { countOf, planOf } from "../../../device/lorawan/regions/fixed.js";
import { isDownlinkRate, largestRx1Offset, regions } from "../../../device/lorawan/regions/regions.js";
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
  checkPlan(radio, findings);
  checkActivation(radio, findings);
  checkReach(radio.region, radio.board.chip, findings);
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

/** The plan of a region that has several, and the sub-band in it. */
function checkPlan({ region: name, subBand, channelPlan, abp }: CheckedNode["radio"], findings: Findings): void {
  const { fixed = [] } = regions[name];
  const names = fixed.flatMap((plan) => plan.name ?? []);
  if (channelPlan !== undefined && names.length === 0)
    return findings.expected(["radio", "channelPlan"], `no such key in ${name}: only CN470 has several channel plans`);
  if (subBand !== undefined && fixed.length === 0)
    return findings.expected(
      ["radio", "subBand"],
      `no such key in ${name}: only US915, AU915 and CN470 have sub-bands`,
    );
  const plan = planOf(regions[name], channelPlan);
  if (plan < 0 && (abp ?? subBand) !== undefined)
    return findings.expected(
      ["radio", "channelPlan"],
      `one of ${names.map((one) => `"${one}"`).join(", ")}, ${abp ? "the plan of the session" : "the plan that the sub-band is in"}`,
    );
  const most = subBand === undefined ? 8 : countOf(fixed[plan]!.narrow) / 8;
  if (subBand !== undefined && subBand > most)
    findings.expected(["radio", "subBand"], `1 to ${most} in the channel plan ${channelPlan}`);
}

function checkActivation({ region: name, joinEui, appKey, abp }: CheckedNode["radio"], findings: Findings): void {
  if (!abp) {
    for (const [key, value] of Object.entries({ joinEui, appKey }))
      if (value === undefined)
        findings.expected(["radio", key], `${key === "appKey" ? 32 : 16} hexadecimal digits, or "abp"`);
    return;
  }
  const region = regions[name];
  const plan = new ChannelPlan(region);
  if (abp.rx1Offset > largestRx1Offset(region))
    findings.expected(["radio", "abp", "rx1Offset"], `0 to ${largestRx1Offset(region)} in ${name}`);
  if (abp.rx2DataRate !== undefined && !isDownlinkRate(region, abp.rx2DataRate)) {
    const rates = region.dataRates.flatMap((_, rate) => (isDownlinkRate(region, rate) ? [rate] : []));
    findings.expected(
      ["radio", "abp", "rx2DataRate"],
      `one of ${rates.join(", ")}, the data rates of downlinks in ${name}`,
    );
  }
  if (abp.channels && region.plan === "fixed")
    findings.expected(["radio", "abp", "channels"], `no such key in ${name}, whose channels are fixed`);
  const [low, high] = region.range;
  const right = `a frequency of ${name}: ${low} to ${high} Hz, in a band that uplinks may use`;
  if (abp.rx2Frequency !== undefined && !plan.inRange(abp.rx2Frequency))
    findings.expected(["radio", "abp", "rx2Frequency"], right);
  if (region.plan === "dynamic")
    abp.channels?.forEach((frequency, i) => {
      if (!plan.inRange(frequency)) findings.expected(["radio", "abp", "channels", i], right);
    });
}

/** MHz, of the data sheets: a chip of the family that does not reach a region's band. */
const reach = {
  sx1261: [150, 960],
  sx1262: [150, 960],
  sx1268: [410, 810],
  sx1272: [860, 1020],
  sx1276: [137, 1020],
  sx1278: [137, 525],
} as const;

function checkReach(region: RegionName, chip: keyof typeof reach, findings: Findings): void {
  const reaches = (one: keyof typeof reach): boolean =>
    regions[region].range.every((frequency) => frequency >= reach[one][0] * 1e6 && frequency <= reach[one][1] * 1e6);
  if (reaches(chip)) return;
  const [low, high] = regions[region].range;
  const able = (Object.keys(reach) as (keyof typeof reach)[]).filter(reaches).join(", ");
  findings.expected(
    ["radio", "board", "chip"],
    `one of ${able}: ${region} is at ${low / 1e6} to ${high / 1e6} MHz, and an ${chip.toUpperCase()} reaches ${reach[chip].join(" to ")} MHz`,
  );
}

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
