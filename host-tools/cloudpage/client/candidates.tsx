import { useState } from "preact/hooks";
import { comparisonLines, type Part } from "../../store/comparison.js";
import { Table } from "../../web/table.js";
import { ask } from "./ask.js";
import { DoubtCells } from "./doubt.js";
import { useJson, type CandidateSummary, type ChangedDoubt, type NodeKind } from "./data.js";
import { className, share, when } from "./text.js";

const cell = ([part, whole]: Part): string => (whole === 0 ? "-" : `${part} of ${whole}, ${share(part / whole)}`);

/** Windows of which it says another class than the node did. */
function Changed({ kind, id, version }: { kind: NodeKind; id: string; version: number }) {
  const { value: list, error } = useJson<ChangedDoubt[]>(`/api/candidates/${id}/changed?limit=200`, version);
  if (error) return <p role="alert">{error}</p>;
  if (!list) return <p class="muted">...</p>;
  if (list.length === 0) return <p>It says the same class of all of them.</p>;
  return (
    <Table columns={["node", "window", "the node", "this network", "decision", "a person"]}>
      {list.map((one) => (
        <tr key={one.id}>
          <DoubtCells kind={kind} one={one} />
          <td>
            {className(kind, one.newLabel)}, {share(one.newConfidence)}
            {one.isTrained ? ", trained on it" : ""}
          </td>
          <td>{className(kind, one.decidedLabel)}</td>
          <td>{className(kind, one.personLabel)}</td>
        </tr>
      ))}
    </Table>
  );
}

interface OneProps {
  kind: NodeKind;
  one: CandidateSummary;
  version: number;
  mayRemove: boolean;
  onRemoved: () => void;
}

function Candidate({ kind, one, version, mayRemove, onRemoved }: OneProps) {
  const [error, setError] = useState("");
  const { id, name, threshold, person, comparedAt, comparison } = one;
  const remove = () => {
    ask("DELETE", `/api/candidates/${id}`).then(onRemoved, (refused: unknown) => setError(String(refused)));
  };
  return (
    <section aria-labelledby={`candidate-${id}`}>
      <h3 id={`candidate-${id}`}>{name}</h3>
      <p class="muted">
        Network {id}, compared {when(comparedAt)} by {person}; sure from {share(threshold)} on.{" "}
        {mayRemove && (
          <button class="link" onClick={remove}>
            remove
          </button>
        )}
      </p>
      {error && <p role="alert">{error}</p>}
      <Table columns={["", "all", "not trained on"]}>
        <tr>
          <th scope="row">windows</th>
          <td>{comparison.all.windows}</td>
          <td>{comparison.unseen.windows}</td>
        </tr>
        {comparisonLines.map(([what, of]) => (
          <tr key={what}>
            <th scope="row" class="wraps">
              {what}
            </th>
            <td>{cell(of(comparison.all))}</td>
            <td>{cell(of(comparison.unseen))}</td>
          </tr>
        ))}
      </Table>
      <details>
        <summary>windows with another class</summary>
        <Changed kind={kind} id={id} version={version} />
      </details>
    </section>
  );
}

export function Candidates({ kind, version, mayRemove }: { kind: NodeKind; version: number; mayRemove: boolean }) {
  const [removed, setRemoved] = useState(0);
  const { value: list, error } = useJson<CandidateSummary[]>("/api/candidates", version + removed);
  return (
    <section aria-labelledby="candidates">
      <h2 id="candidates">Candidates</h2>
      <p>What retrained networks change on the deferred windows, by the labels that there are now.</p>
      {error && <p role="alert">{error}</p>}
      {list?.length === 0 && (
        <p>
          None yet: <code>npx loam cloud compare model.tflite --publish</code> puts one here.
        </p>
      )}
      {list?.map((one) => (
        <Candidate
          key={one.id}
          kind={kind}
          one={one}
          version={version}
          mayRemove={mayRemove}
          onRemoved={() => setRemoved(removed + 1)}
        />
      ))}
    </section>
  );
}
