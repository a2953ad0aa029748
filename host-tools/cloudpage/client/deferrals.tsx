import { useState } from "preact/hooks";
import { Table } from "../../web/table.js";
import { ask } from "./ask.js";
import { DoubtCells } from "./doubt.js";
import { isUnread, MissingNetworks } from "./missing.js";
import { useJson, type DeferralSummary, type NodeKind } from "./data.js";
import { className, share, when } from "./text.js";

function state(one: DeferralSummary): string {
  const { decidedAt, sentAt } = one;
  if (decidedAt === null) return isUnread(one) ? `no network of package ${one.model}` : "waits";
  return sentAt === null ? "decided, not sent" : `sent ${when(sentAt)}`;
}

/** A person's word, or the question for it. */
function Label({ kind, one, onSaid }: { kind: NodeKind; one: DeferralSummary; onSaid: () => void }) {
  const [error, setError] = useState("");
  const say = (event: Event) => {
    const label = Number((event.currentTarget as HTMLSelectElement).value);
    ask("PUT", `/api/deferrals/${one.id}/label`, { label }).then(onSaid, (refused: unknown) =>
      setError(String(refused)),
    );
  };
  return (
    <>
      <select
        aria-label={`class of the window of ${one.devEui}, ${when(one.at)}`}
        value={one.personLabel === null ? "" : String(one.personLabel)}
        onChange={say}
      >
        <option value="" disabled>
          ?
        </option>
        {kind.classes.map((name, i) => (
          <option key={name} value={String(i)}>
            {name}
          </option>
        ))}
      </select>
      {error && <span role="alert"> {error}</span>}
    </>
  );
}

const columns = ["node", "window", "the node", "decision", "answer", "a person"];

export function Deferrals({ kind, version, mayLabel }: { kind: NodeKind; version: number; mayLabel: boolean }) {
  const [isWaiting, setWaiting] = useState(false);
  const [said, setSaid] = useState(0);
  const path = `/api/deferrals?limit=200${isWaiting ? "&waiting=true" : ""}`;
  const { value: list, error } = useJson<DeferralSummary[]>(path, version + said);
  return (
    <section aria-labelledby="deferrals">
      <h2 id="deferrals">Deferrals</h2>
      <label>
        <input type="checkbox" checked={isWaiting} onChange={() => setWaiting(!isWaiting)} /> only those that wait for a
        person
      </label>
      {error && <p role="alert">{error}</p>}
      {list && <MissingNetworks deferrals={list} />}
      {list?.length === 0 && <p>{isWaiting ? "None waits." : "No node has deferred a verdict yet."}</p>}
      {list && list.length > 0 && (
        <Table columns={columns} stays="last">
          {list.map((one) => (
            <tr key={one.id}>
              <DoubtCells kind={kind} one={one} />
              <td>
                {className(kind, one.decidedLabel)} {share(one.decidedConfidence)}
              </td>
              <td>{state(one)}</td>
              <td title={one.person ?? undefined}>
                {mayLabel ? (
                  <Label kind={kind} one={one} onSaid={() => setSaid(said + 1)} />
                ) : (
                  className(kind, one.personLabel)
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}
