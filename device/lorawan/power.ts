/** Output powers of the radio chips. Pure TypeScript: the node description is checked against them, too. */

type Powers = readonly [lowest: number, highest: number];

/** The lowest and highest that the link sets a chip to, dBm. */
const chipPower = {
  sx1261: [-17, 14],
  sx1262: [-9, 22],
  sx1268: [-9, 22],
  sx1272: [2, 17],
  sx1276: [2, 17],
  sx1277: [2, 17],
  sx1278: [2, 17],
} as const satisfies Record<string, Powers>;
const rfoPower = [0, 14] as const satisfies Powers;

export const linkPower = (chip: keyof typeof chipPower, paPin: "boost" | "rfo" | undefined): Powers =>
  paPin === "rfo" ? rfoPower : chipPower[chip];
