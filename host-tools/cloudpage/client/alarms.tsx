import { Table } from "../../web/table.js";
import { useJson, type AlarmSummary } from "./data.js";
import { when } from "./text.js";

function told({ waiting, failed, error }: AlarmSummary): string {
  if (waiting + failed === 0) return error ?? "";
  const why = error === null ? "" : `: ${error}`;
  return failed > 0 ? `not told to ${failed}${why}` : `waits to be told${why}`;
}

/** Alarms as a table, or that there are none. @param devEui of one node */
export function AlarmTable({ version, devEui }: { version: number; devEui?: string }) {
  const path = `/api/alarms?limit=200${devEui === undefined ? "" : `&devEui=${devEui}`}`;
  const { value: alarms, error } = useJson<AlarmSummary[]>(path, version);
  if (error) return <p role="alert">{error}</p>;
  if (!alarms) return <p class="muted">...</p>;
  if (alarms.length === 0) return <p>None.</p>;
  return (
    <Table columns={["node", "rule", "what", "opened", "closed", "told"]}>
      {alarms.map((one) => (
        <tr key={one.id}>
          <td>
            <a href={`#node/${one.devEui}`}>{one.nodeName ?? one.devEui}</a>
          </td>
          <td>{one.rule}</td>
          <td>{one.what}</td>
          <td>{when(one.openedAt)}</td>
          <td>{one.closedAt === null ? <strong class="alarm">open</strong> : when(one.closedAt)}</td>
          <td>{told(one)}</td>
        </tr>
      ))}
    </Table>
  );
}

export function Alarms({ version }: { version: number }) {
  return (
    <section aria-labelledby="alarms">
      <h2 id="alarms">Alarms</h2>
      <AlarmTable version={version} />
    </section>
  );
}
