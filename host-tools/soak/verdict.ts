import type { SoakFigures } from "./soak.js";

/** The failures in a soak's figures; empty when it passed. @param least share of the confirmed payloads that must have arrived */
export function faultsOf(figures: SoakFigures, least = 1): string[] {
  const {
    nodes,
    confirmedMade,
    confirmedLost,
    doubled,
    devNoncesReused,
    countersReused,
    busiestHour,
    joinsAtOnce,
    busiestJoinHour,
  } = figures;
  const rules: [broken: boolean, what: string][] = [
    [confirmedMade === 0, "no confirmed payload was queued"],
    [
      confirmedMade - confirmedLost < least * confirmedMade,
      `${confirmedLost} of ${confirmedMade} confirmed payloads were lost`,
    ],
    [doubled > 0, `${doubled} sequence numbers came with two payloads`],
    [devNoncesReused > 0, `${devNoncesReused} DevNonces were used twice`],
    [countersReused > 0, `${countersReused} frame counters were used twice`],
    [busiestHour > 1, `the duty cycle was exceeded: ${(100 * busiestHour).toFixed(1)} % of it in an hour`],
    // Nodes that spend 1 % of an hour on joining collide by chance: three of eight in about every third such hour, four in one of a hundred.
    [joinsAtOnce > Math.max(3, nodes / 4), `join storm: ${joinsAtOnce} join requests at once from ${nodes} nodes`],
    [
      busiestJoinHour > 1,
      `join storm: a node spent ${busiestJoinHour.toFixed(2)} % of an hour on join requests, more than 1 %`,
    ],
  ];
  return rules.filter(([broken]) => broken).map(([, what]) => what);
}
