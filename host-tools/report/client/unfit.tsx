import { percent, whole } from "../../web/format.js";
import { Table } from "../../web/table.js";
import { momentText } from "../../web/timeaxis.js";
import type { Unfit } from "../data.js";

/** Rows of a list on a page. */
const most = 200;

/** Which windows no network was given, and why. */
export function UnfitWindows({ unfit: { count, fit, reasons, windows } }: { unfit: Unfit }) {
  return (
    <section id="unfit" aria-labelledby="unfit-title">
      <h2 id="unfit-title">Windows that are not fit</h2>
      <p>
        {count === 0
          ? `All ${whole(fit)} windows of the recordings are fit for the network.`
          : `${whole(count)} of ${whole(count + fit)} windows (${percent(count / (count + fit))}) are not fit for the network; the node would not use them either.`}
      </p>
      {count > 0 && (
        <>
          <Table columns={["sensor", "what", "windows", "samples in them"]}>
            {reasons.map((reason) => (
              <tr key={`${reason.sensor} ${reason.kind}`}>
                <td>{reason.sensor}</td>
                <td>{reason.kind}</td>
                <td>{whole(reason.windows)}</td>
                <td>{whole(reason.samples)}</td>
              </tr>
            ))}
          </Table>
          <details>
            <summary>{windows.length > most ? `The first ${most} of these windows` : "Each of these windows"}</summary>
            <Table columns={["recording", "start", "why"]}>
              {windows.slice(0, most).map(({ recording, time, reasons: own }) => (
                <tr key={`${recording} ${time}`}>
                  <td>{recording}</td>
                  <td>{momentText(time)}</td>
                  <td>{own.map(({ sensor, kind, count: samples }) => `${sensor}: ${kind}, ${samples}`).join("; ")}</td>
                </tr>
              ))}
            </Table>
          </details>
        </>
      )}
    </section>
  );
}
