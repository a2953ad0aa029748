import type { NodeKind } from "./data.js";
import { className, share, when } from "./text.js";

interface Doubt {
  devEui: string;
  at: number;
  label: number;
  confidence: number;
}

/** The first cells of a deferred window's row: whose it is, when it was, and what the node itself has said of it. */
export function DoubtCells({ kind, one }: { kind: NodeKind; one: Doubt }) {
  return (
    <>
      <td>
        <a href={`#node/${one.devEui}`}>{one.devEui}</a>
      </td>
      <td>{when(one.at)}</td>
      <td>
        {className(kind, one.label)}, {share(one.confidence)}
      </td>
    </>
  );
}
