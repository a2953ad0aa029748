import type { OperatorRow } from "../analysis.js";
import { layoutOf, type Place } from "../layout.js";

const [boxWidth, boxHeight, gapX, gapY] = [190, 40, 24, 22];

const left = ({ column }: Place): number => 8 + column * (boxWidth + gapX);
const top = ({ row }: Place): number => 8 + row * (boxHeight + gapY);

function edge(from: Place, to: Place): string {
  const [x1, y1, x2, y2] = [left(from) + boxWidth / 2, top(from) + boxHeight, left(to) + boxWidth / 2, top(to)];
  const bend = (y2 - y1) / 2;
  // Past the rows between in the gap beside them.
  if (to.row - from.row > 1 && from.column === to.column) {
    const side = left(from) + boxWidth + gapX / 2;
    return `M${x1} ${y1} C${side} ${y1 + gapY} ${side} ${y1 + gapY} ${side} ${y1 + 2 * gapY} V${y2 - 2 * gapY} C${side} ${y2 - gapY} ${side} ${y2 - gapY} ${x2} ${y2}`;
  }
  return `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
}

function Box({ place, title, detail }: { place: Place; title: string; detail: string }) {
  return (
    <>
      <rect x={left(place)} y={top(place)} width={boxWidth} height={boxHeight} rx="6" />
      <text x={left(place) + 8} y={top(place) + 17}>
        {title}
      </text>
      <text class="muted" x={left(place) + 8} y={top(place) + 33}>
        {detail}
      </text>
    </>
  );
}

/** The graph; each operator is a link to its row of the table. */
export function Network({ operators, input }: { operators: readonly OperatorRow[]; input: readonly number[] }) {
  const layout = layoutOf(operators.map(({ after }) => after));
  const width = left({ row: 0, column: layout.columns }) + gapX;
  const height = top({ row: layout.rows, column: 0 });
  return (
    <div class="network" tabIndex={0} role="group" aria-label="Graph of the network">
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {operators.flatMap(({ after }, i) =>
          after.map((source) => (
            <path
              key={`${source}-${i}`}
              d={edge(source < 0 ? layout.input : layout.places[source]!, layout.places[i]!)}
            />
          )),
        )}
        <Box place={layout.input} title="input" detail={input.join(" x ")} />
        {operators.map(({ operator, shape }, i) => (
          <a key={i} href={`#operator-${i}`} aria-label={`${i} ${operator}`}>
            <Box place={layout.places[i]!} title={`${i} ${operator}`} detail={shape.join(" x ")} />
          </a>
        ))}
      </svg>
    </div>
  );
}
