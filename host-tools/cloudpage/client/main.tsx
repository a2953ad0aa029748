import { render } from "preact";
import { Deferrals } from "./deferrals.js";
import { Fleet } from "./fleet.js";
import { NodePage } from "./node.js";
import { useJson, usePlace, useVersion, type NodeKind } from "./data.js";

function Page() {
  const version = useVersion();
  const place = usePlace();
  const { value: kind, error } = useJson<NodeKind>("/api/kind", 0);
  if (error) return <p role="alert">The cloud does not answer: {error}</p>;
  if (!kind) return <p class="muted">...</p>;
  const devEui = /^node\/([0-9a-f]{16})$/.exec(place)?.[1];
  return (
    <main>
      <h1>loam cloud: {kind.name}</h1>
      {kind.isSimulated && <p class="muted">The nodes, their sensors and their radio are simulated.</p>}
      <nav aria-label="pages">
        <a href="#" aria-current={place === "" ? "page" : undefined}>
          fleet
        </a>{" "}
        <a href="#deferrals" aria-current={place === "deferrals" ? "page" : undefined}>
          deferrals
        </a>
      </nav>
      {devEui ? (
        <NodePage kind={kind} devEui={devEui} version={version} />
      ) : place === "deferrals" ? (
        <Deferrals kind={kind} version={version} />
      ) : (
        <Fleet kind={kind} version={version} />
      )}
    </main>
  );
}

render(<Page />, document.getElementById("page")!);
