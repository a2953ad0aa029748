import { formatTable } from "../lib/table.js";
import { escapeHtml, percent } from "../web/format.js";
import type { Point, SearchResult } from "./search.js";

const millions = (count: number): string => `${(count / 1e6).toFixed(2)} M`;

/** Those that were trained, the cheapest first. */
const trainedOf = ({ points }: SearchResult): Point[] =>
  points.filter(({ trial }) => trial).sort((a, b) => a.needs.instructions - b.needs.instructions);

/** Where a value is between two ends, 0 to 1. */
const placeOf = (value: number, low: number, high: number): number => (high > low ? (value - low) / (high - low) : 0.5);

interface Scales {
  x: (point: Point) => number;
  y: (point: Point) => number;
  least: number;
  most: number;
  low: number;
  high: number;
}

/** Instructions by their logarithm from left to right, balanced accuracy from below to above, both 0 to 1. */
function scalesOf(points: Point[]): Scales {
  const costs = points.map(({ needs }) => needs.instructions);
  const scores = points.map(({ trial }) => trial!.balancedAccuracy);
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  return {
    x: ({ needs }) => placeOf(Math.log(needs.instructions), Math.log(least), Math.log(most)),
    y: ({ trial }) => placeOf(trial!.balancedAccuracy, low, high),
    least,
    most,
    low,
    high,
  };
}

const width = 56;
const height = 12;

/** A chart of characters: "O" on the Pareto front, "x" the chosen one, "." the others. */
function plot(points: Point[], chosen: string): string {
  const { x, y, least, most, low, high } = scalesOf(points);
  const rows = Array.from({ length: height }, () => new Array<string>(width).fill(" "));
  const rank = (point: Point): number => (point.name === chosen ? 2 : point.pareto ? 1 : 0);
  for (const point of [...points].sort((a, b) => rank(a) - rank(b)))
    rows[Math.round((1 - y(point)) * (height - 1))]![Math.round(x(point) * (width - 1))] = [".", "O", "x"][
      rank(point)
    ]!;
  const label = (row: number): string =>
    (row === 0 ? percent(high) : row === height - 1 ? percent(low) : "").padStart(8);
  return [
    "balanced accuracy on the validation windows (x: chosen, O: none is as good with fewer instructions)",
    ...rows.map((row, index) => `${label(index)} |${row.join("").trimEnd()}`),
    `${"".padStart(8)} +${"-".repeat(width)}`,
    `${"".padStart(10)}${millions(least)}${`${millions(most)} instructions`.padStart(width - millions(least).length)}`,
  ].join("\n");
}

export function describeSearch(result: SearchResult): string {
  const { points, chosen, rungs } = result;
  const trained = trainedOf(result);
  const rows = [...trained, ...points.filter(({ trial }) => !trial)].map((point) => [
    `${point.name}${point.name === chosen.name ? " (chosen)" : ""}`,
    point.needs.parameters.toLocaleString("en-US"),
    point.needs.arena.toLocaleString("en-US"),
    point.needs.flash.toLocaleString("en-US"),
    millions(point.needs.instructions),
    point.trial ? String(point.trial.epochs) : "",
    point.trial ? percent(point.trial.balancedAccuracy) : point.over.join("; "),
    point.pareto ? "yes" : "",
  ]);
  return [
    `search: ${rungs.map(({ epochs, candidates }) => `${candidates} networks to epoch ${epochs}`).join(", ")}`,
    formatTable(
      ["network (+: augmented)", "parameters", "arena", ".tflite", "instructions", "epochs", "balanced", "Pareto"],
      rows,
    ),
    plot(trained, chosen.name),
  ].join("\n");
}

/** The same chart as a picture that stands alone. */
export function searchSvg(result: SearchResult): string {
  const points = trainedOf(result);
  const { x, y, least, most, low, high } = scalesOf(points);
  const at = (point: Point): [number, number] => [70 + 520 * x(point), 300 - 250 * y(point)];
  const front = points.filter(({ pareto }) => pareto).map((point) => at(point).join(","));
  const dots = points.map((point) => {
    const [cx, cy] = at(point);
    const isChosen = point.name === result.chosen.name;
    const says = `${point.name}: ${percent(point.trial!.balancedAccuracy)} balanced accuracy, ${millions(point.needs.instructions)} instructions, ${point.needs.arena.toLocaleString("en-US")} bytes of arena, ${point.needs.parameters.toLocaleString("en-US")} parameters`;
    const label =
      point.pareto || isChosen
        ? `<text x="${cx}" y="${cy - 9}" text-anchor="middle">${escapeHtml(point.name)}</text>`
        : "";
    return `<g><title>${escapeHtml(says)}</title><circle cx="${cx}" cy="${cy}" r="${isChosen ? 7 : 4}" fill="${isChosen ? "#c2410c" : point.pareto ? "#2f7d4f" : "#9aa093"}"/>${label}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" font-family="sans-serif" font-size="11" role="img" aria-label="Balanced accuracy of ${points.length} networks by instructions">
<rect width="640" height="360" fill="#fff"/><path d="M70 300H600M70 300V40" stroke="#6b7066" fill="none"/>
<text x="70" y="318">${millions(least)}</text><text x="600" y="318" text-anchor="end">${millions(most)}</text><text x="335" y="340" text-anchor="middle">instructions of one run (expected; logarithmic)</text>
<text x="62" y="304" text-anchor="end">${percent(low)}</text><text x="62" y="54" text-anchor="end">${percent(high)}</text><text x="70" y="26">balanced accuracy on the validation windows</text>
<polyline points="${front.join(" ")}" fill="none" stroke="#2f7d4f" stroke-dasharray="4 3"/>
${dots.join("\n")}
</svg>
`;
}
