import type { NodeRow } from "./data.js";
import { lengthText, project, roundLength, type Place } from "./projection.js";
import { when } from "./text.js";

const [width, height, margin] = [640, 400, 60];
/** s; a node sends a health report once a day. */
const silentAfter = 36 * 3600;
const recent = 24 * 3600;

/** Each with a shape and a word of its own, not a colour alone. */
const states = {
  heard: { colour: "--series0", shape: "M-7,0a7,7 0 1,0 14,0a7,7 0 1,0 -14,0" },
  fault: { colour: "--series1", shape: "M0,-9L9,0L0,9L-9,0Z" },
  "safe mode": { colour: "--alarm", shape: "M0,-9L9,7L-9,7Z" },
  silent: { colour: "--muted", shape: "M-7,-7H7V7H-7Z" },
  "never heard": { colour: "--muted", shape: "M-7,-3H-3V-7H3V-3H7V3H3V7H-3V3H-7Z" },
} as const;
type State = keyof typeof states;

function stateOf({ lastSeen, safeMode, faultAt }: NodeRow, now: number): State {
  if (lastSeen === null) return "never heard";
  if (now - lastSeen > silentAfter) return "silent";
  if (safeMode) return "safe mode";
  return faultAt !== null && now - faultAt < recent ? "fault" : "heard";
}

const Mark = ({ state }: { state: State }) => (
  <path d={states[state].shape} style={{ fill: `var(${states[state].colour})` }} />
);

/** Where nodes stand, north up. Nodes whose place is not known are not on it. */
export function FleetMap({ nodes }: { nodes: readonly NodeRow[] }) {
  const placed = nodes.filter((node): node is NodeRow & Place => node.latitude !== null && node.longitude !== null);
  if (placed.length === 0) return null;
  const { at, metresPerUnit } = project(placed, width, height, margin);
  const bar = roundLength(metresPerUnit * (width / 4));
  const now = Date.now() / 1000;
  const shown = placed.map((node) => ({ node, state: stateOf(node, now), ...at(node) }));
  return (
    <section aria-labelledby="map">
      <h2 id="map">Map</h2>
      <svg class="map" viewBox={`0 0 ${width} ${height}`} role="group" aria-label="Map of the fleet, north up">
        {shown.map(({ node, state, x, y }) => (
          <g key={node.devEui} transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`}>
            <a
              href={`#node/${node.devEui}`}
              aria-label={`${node.name ?? node.devEui}, ${state}, last heard ${when(node.lastSeen)}`}
            >
              <circle r={18} fill="transparent" />
              <Mark state={state} />
              <text y={30}>{node.name ?? node.devEui}</text>
            </a>
          </g>
        ))}
        <g aria-hidden="true" transform={`translate(20 ${height - 16})`}>
          <path class="bar" d={`M0,-6V0H${(bar / metresPerUnit).toFixed(1)}V-6`} />
          <text class="start" y={-10}>
            {lengthText(bar)}
          </text>
        </g>
        <g aria-hidden="true" transform={`translate(${width - 24} 34)`}>
          <path class="bar" d="M0,0V-22M-5,-15L0,-22L5,-15" />
          <text y={16}>N</text>
        </g>
      </svg>
      <p class="muted">
        {(Object.keys(states) as State[])
          .filter((state) => shown.some((one) => one.state === state))
          .map((state) => (
            <span key={state} class="legend">
              <svg viewBox="-10 -10 20 20" aria-hidden="true">
                <Mark state={state} />
              </svg>
              {state}
            </span>
          ))}
        Scale bar: {lengthText(bar)}.
        {placed.length < nodes.length && ` Of ${nodes.length - placed.length} nodes the place is not known.`}
      </p>
    </section>
  );
}
