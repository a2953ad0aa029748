import { missingNetwork } from "../../cloud/missing.js";
import type { DeferralSummary } from "./data.js";

type Of = Pick<DeferralSummary, "content" | "model" | "network">;

/** The cloud does not have the network that the window is of. */
export const isUnread = ({ content, model, network }: Of): boolean =>
  content === "window" && model !== null && network === null;

/** What to do about windows that cannot be decided. */
export function MissingNetworks({ deferrals }: { deferrals: readonly Of[] }) {
  const sequences = new Set(deferrals.filter(isUnread).map(({ model }) => model!));
  return (
    <>
      {[...sequences].map((sequence) => (
        <p key={sequence} role="alert">
          Deferrals are not decided: {missingNetwork(sequence)}.
        </p>
      ))}
    </>
  );
}
