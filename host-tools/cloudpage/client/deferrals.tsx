import { Table } from "../../web/table.js";
import { useJson, type DeferralSummary, type NodeKind } from "./data.js";
import { className, share, when } from "./text.js";

function state({ decidedAt, sentAt }: DeferralSummary): string {
  if (decidedAt === null) return "waits";
  return sentAt === null ? "decided, not sent" : `sent ${when(sentAt)}`;
}

export function Deferrals({ kind, version }: { kind: NodeKind; version: number }) {
  const { value: list, error } = useJson<DeferralSummary[]>("/api/deferrals?limit=200", version);
  return (
    <section aria-labelledby="deferrals">
      <h2 id="deferrals">Deferrals</h2>
      {error && <p role="alert">{error}</p>}
      {list?.length === 0 && <p>No node has deferred a verdict yet.</p>}
      {list && list.length > 0 && (
        <Table columns={["node", "window", "the node", "decision", "answer"]}>
          {list.map((one) => (
            <tr key={one.id}>
              <td>
                <a href={`#node/${one.devEui}`}>{one.devEui}</a>
              </td>
              <td>{when(one.at)}</td>
              <td>
                {className(kind, one.label)}, {share(one.confidence)}
              </td>
              <td>
                {className(kind, one.decidedLabel)} {share(one.decidedConfidence)}
              </td>
              <td>{state(one)}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}
