import { useCallback, useEffect, useState } from "preact/hooks";
import type { SessionInfo } from "../sessions.js";
import { ask, setCsrf, StatusError } from "./ask.js";

export type { SessionInfo };
export type SessionState =
  { kind: "asking" } | { kind: "in"; session: SessionInfo } | { kind: "out" } | { kind: "failed"; error: string };

/** Who has logged in. `again` asks anew: after a log-in, a log-out, or where a session has ended. */
export function useSession(): { state: SessionState; again: () => void } {
  const [state, setState] = useState<SessionState>({ kind: "asking" });
  const again = useCallback(() => {
    ask<SessionInfo>("GET", "/api/session").then(
      (session) => {
        setCsrf(session.csrf);
        setState({ kind: "in", session });
      },
      (error: unknown) =>
        setState(
          error instanceof StatusError && error.status === 401
            ? { kind: "out" }
            : { kind: "failed", error: String(error) },
        ),
    );
  }, []);
  useEffect(() => {
    again();
    addEventListener("loam-out", again);
    return () => removeEventListener("loam-out", again);
  }, [again]);
  return { state, again };
}
