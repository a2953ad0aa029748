import { render } from "preact";
import { ask } from "./ask.js";
import { Alarms } from "./alarms.js";
import { Api } from "./api.js";
import { Candidates } from "./candidates.js";
import { Deferrals } from "./deferrals.js";
import { Fleet } from "./fleet.js";
import { LogIn } from "./login.js";
import { NodePage } from "./node.js";
import { useJson, usePlace, useVersion, type NodeKind } from "./data.js";
import { useSession, type SessionInfo } from "./session.js";

const places = ["fleet", "alarms", "deferrals", "candidates", "api"] as const;

interface Shown {
  place: string;
  kind: NodeKind;
  version: number;
  mayLabel: boolean;
}

function Content({ place, kind, version, mayLabel }: Shown) {
  const devEui = /^node\/([0-9a-f]{16})$/.exec(place)?.[1];
  if (devEui) return <NodePage kind={kind} devEui={devEui} version={version} />;
  if (place === "alarms") return <Alarms version={version} />;
  if (place === "deferrals") return <Deferrals kind={kind} version={version} mayLabel={mayLabel} />;
  if (place === "api" || place.startsWith("api/")) return <Api place={place.slice(4)} />;
  if (place === "candidates") return <Candidates kind={kind} version={version} mayRemove={mayLabel} />;
  return <Fleet kind={kind} version={version} />;
}

function Page({ session, onOut }: { session: SessionInfo; onOut: () => void }) {
  const version = useVersion();
  const place = usePlace();
  const { value: kind, error } = useJson<NodeKind>("/api/kind", 0);
  if (error) return <p role="alert">The cloud does not answer: {error}</p>;
  if (!kind) return <p class="muted">...</p>;
  const here = place === "" ? "fleet" : place.split("/")[0];
  return (
    <main>
      <h1>loam cloud: {kind.name}</h1>
      {kind.isSimulated && <p class="muted">The nodes, their sensors and their radio are simulated.</p>}
      {session.by === "session" && (
        <p class="muted">
          {session.name}, {session.role}{" "}
          <button class="link" onClick={() => void ask("DELETE", "/api/session").finally(onOut)}>
            log out
          </button>
        </p>
      )}
      <nav aria-label="pages">
        {places.map((one) => (
          <a key={one} href={one === "fleet" ? "#" : `#${one}`} aria-current={here === one ? "page" : undefined}>
            {one}
          </a>
        ))}
      </nav>
      <Content place={place} kind={kind} version={version} mayLabel={session.role !== "viewer"} />
    </main>
  );
}

function Root() {
  const { state, again } = useSession();
  if (state.kind === "asking") return <p class="muted">...</p>;
  if (state.kind === "failed") return <p role="alert">The cloud does not answer: {state.error}</p>;
  if (state.kind === "out") return <LogIn onIn={again} />;
  return <Page session={state.session} onOut={again} />;
}

render(<Root />, document.getElementById("page")!);
