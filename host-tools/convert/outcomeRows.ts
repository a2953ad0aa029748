import type { ExpectedTarget } from "../inference/expected.js";
import type { Outcome } from "./outcome.js";

const decibels = (snr: number): string => (Number.isFinite(snr) ? `${snr.toFixed(1)} dB` : "the same");

const boards: readonly (readonly [name: string, target: ExpectedTarget])[] = [
  ["ESP32-C3", "rv32"],
  ["ESP32", "lx6"],
];

/** How well it agrees, and what it takes, row by row. */
export function outcomeRows(outcome: Outcome): [string, string][] {
  const { first, second, agreement, worstLayer, bytes, arena, instructions } = outcome;
  const { samples, outputs } = agreement;
  const named = (text: string, name: string): string => (outputs.length > 1 ? `${text}, ${name}` : text);
  const count = (number: number): string => number.toLocaleString("en-US");
  return [
    ["compared", `${second} with ${first}, on ${count(samples)} of the samples`],
    ...outputs.flatMap(({ name, snr, top1 }): [string, string][] => [
      ...(top1 === undefined
        ? []
        : [
            [
              named("same top-1", name),
              `${(100 * top1).toFixed(1)} %, ${count(Math.round(top1 * samples))} of ${count(samples)}`,
            ] as [string, string],
          ]),
      [named("SNR", name), decibels(snr)],
    ]),
    ...(worstLayer
      ? [
          ["worst layer", `${worstLayer.operator} of ${worstLayer.layer}: ${decibels(worstLayer.snr)}`] as [
            string,
            string,
          ],
        ]
      : []),
    ["file", `${count(bytes)} bytes`],
    ...(arena === undefined ? [] : [["arena, micro", `${count(arena)} bytes`] as [string, string]]),
    ...boards.flatMap(([name, target]): [string, string][] =>
      instructions ? [[`instructions, ${name}`, `about ${count(Number(instructions[target].toPrecision(2)))}`]] : [],
    ),
  ];
}
