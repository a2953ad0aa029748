import { Table } from "../../web/table.js";
import { FleetMap } from "./map.js";
import { useJson, type AlarmSummary, type NodeKind, type NodeRow } from "./data.js";
import { battery, className, share, when } from "./text.js";

export function Fleet({ kind, version }: { kind: NodeKind; version: number }) {
  const { value: nodes, error } = useJson<NodeRow[]>("/api/nodes", version);
  const { value: open } = useJson<AlarmSummary[]>("/api/alarms?open=true&limit=5000", version);
  const alarms = new Map<string, string[]>();
  for (const { devEui, rule } of open ?? []) alarms.set(devEui, [...(alarms.get(devEui) ?? []), rule]);
  return (
    <>
      <section aria-labelledby="fleet">
        <h2 id="fleet">Fleet</h2>
        {error && <p role="alert">{error}</p>}
        {nodes?.length === 0 && <p>No node is registered, and nothing has come yet.</p>}
        {nodes && nodes.length > 0 && (
          <Table
            columns={["node", "last heard", "last verdict", "confidence", "battery", "RSSI, SNR", "firmware", "alarms"]}
          >
            {nodes.map((node) => (
              <tr key={node.devEui}>
                <td>
                  <a href={`#node/${node.devEui}`}>{node.name ?? node.devEui}</a>
                </td>
                <td>{when(node.lastSeen)}</td>
                <td>{node.safeMode ? "safe mode" : className(kind, node.label)}</td>
                <td>{share(node.confidence)}</td>
                <td>{battery(node.battery, node.millivolts)}</td>
                <td>{node.rssi === null ? "" : `${node.rssi} dBm, ${node.snr} dB`}</td>
                <td>{node.firmware ?? ""}</td>
                <td class="alarm">{alarms.get(node.devEui)?.join(", ")}</td>
              </tr>
            ))}
          </Table>
        )}
      </section>
      {nodes && <FleetMap nodes={nodes} />}
    </>
  );
}
