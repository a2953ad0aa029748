import Sleep from "sleep";
import Timer from "timer";
import { ports } from "./codec/codec.js";
import { parseHex } from "./codec/hex.js";
import type { NodeConfig } from "./config.js";
import type { Connection } from "./connection.js";
import { blockIntKey } from "./fragments/mic.js";
import { FragmentReception } from "./fragments/reception.js";
import { traceJournal as journal } from "./journal.js";
import type { Retained } from "./retained.js";
import type { Starts } from "./starts.js";
import type { FieldUpdates } from "./update/fieldupdates.js";
import type { UplinkReporter } from "./uplinkreporter.js";

/** Of `Base`; they are used when a downlink has come. */
interface Parts {
  readonly description: NodeConfig;
  readonly updates: FieldUpdates;
  readonly retained: Retained;
  readonly connection: Connection;
  readonly reporter: UplinkReporter;
}

/** What the key of TS004's check is derived from: an ABP node has no AppKey. */
const rootKey = ({ radio: { appKey, abp } }: NodeConfig): Uint8Array =>
  parseHex(appKey ?? abp!.appSKey, 16, appKey === undefined ? "appSKey" : "appKey");

/** Packages in fragments, from the link into the slots of updates. @param onChange the work is done. @returns undefined when the node takes no packages */
export function receiveFragments(
  parts: Parts,
  starts: Pick<Starts, "isFailure">,
  onChange: () => void,
): FragmentReception | undefined {
  const { staging } = parts.updates;
  if (!staging) return undefined;
  const encryptBlock = (key: Uint8Array, data: Uint8Array, offset: number): void =>
    parts.connection.encryptBlock!(key, data, offset);
  const reception = new FragmentReception({
    staging,
    ...(Sleep.cause !== "timer" && { afterReset: starts.isFailure ? "interrupt" : "check" }),
    isReady: () => parts.connection.encryptBlock !== undefined,
    key: () => blockIntKey(rootKey(parts.description), encryptBlock),
    encryptBlock,
    answer: (payload) => parts.reporter.answer(ports.fragments, payload),
    later: (run) => void Timer.set(run),
    fetch: () => parts.connection.kick(),
    onChange,
    journal,
  });
  parts.retained.attach("fragments", reception);
  return reception;
}
