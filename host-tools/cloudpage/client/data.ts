import { useEffect, useState } from "preact/hooks";
import type { NodeKind } from "../api.js";
import { ask } from "./ask.js";
import type { AlarmSummary } from "../../store/alarms.js";
import type { CandidateSummary, ChangedDoubt } from "../../store/candidates.js";
import type { DeferralSummary } from "../../store/deferrals.js";
import type { FeatureTimes } from "../../store/featureTimes.js";
import type { NodeRow } from "../../store/tables.js";
import type { Timeline } from "../../store/timeline.js";

export type {
  AlarmSummary,
  CandidateSummary,
  ChangedDoubt,
  DeferralSummary,
  FeatureTimes,
  NodeKind,
  NodeRow,
  Timeline,
};

/** What the server says at a path, again whenever `version` changes. @param first until it has said something */
export function useJson<T>(path: string, version: number, first?: T): { value?: T; error?: string } {
  const [state, setState] = useState<{ path: string; value?: T; error?: string }>({ path, value: first });
  useEffect(() => {
    let isWanted = true;
    ask<T>("GET", path).then(
      (value) => isWanted && setState({ path, value }),
      (error: unknown) => isWanted && setState((last) => ({ ...last, path, error: String(error) })),
    );
    return () => void (isWanted = false);
  }, [path, version]);
  return state.path === path ? state : { value: first };
}

/** Increases when something has come: once a second at most. */
export function useVersion(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const source = new EventSource("/api/events");
    const increase = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setVersion((last) => last + 1);
      }, 1000);
    };
    source.onmessage = increase;
    source.addEventListener("alarms", increase);
    return () => {
      source.close();
      clearTimeout(timer);
    };
  }, []);
  return version;
}

/** The part of the address after #. */
export function usePlace(): string {
  const [place, setPlace] = useState(location.hash.slice(1));
  useEffect(() => {
    const change = () => setPlace(location.hash.slice(1));
    addEventListener("hashchange", change);
    return () => removeEventListener("hashchange", change);
  }, []);
  return place;
}
