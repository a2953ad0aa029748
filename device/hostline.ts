import { parseHex } from "./codec/hex.js";
import { apiLevel, languageLevel } from "./codec/package.js";
import { encodeSettingsReport, splitSettingsReport } from "./codec/settingsreport.js";
import { serialDefaults, type NodeConfig } from "./config.js";
import { traceJournal as journal } from "./journal.js";
import { firmwareVersion } from "./resources.js";
import openSensor from "sensors";
import { Recorder } from "./recorder.js";
import { SerialLink } from "./serial/link.js";
import { payloads, protocolVersion, settingsRoom } from "./serial/messages.js";
import { SerialServer } from "./serial/server.js";
import type { Base } from "./base.js";
import type { Supplies } from "./supplies.js";
import type { Starts } from "./starts.js";
import { profileOf, type FieldUpdates } from "./update/fieldupdates.js";
import { PackageReceiver } from "./update/packagereceiver.js";

/** Of `Base`; they are used when something has come. */
interface Parts {
  readonly description: NodeConfig;
  readonly updates: FieldUpdates;
}

const firmwareOwn = { sequence: 0, version: 0 };
const nothing = { newest: 0, script: firmwareOwn, model: firmwareOwn, settings: firmwareOwn };

/** The serial line to a host: what comes over it goes to the receiver of its kind. @param events isFree: no window is under way @returns undefined when the description has none */
export function openHostLine(
  { description, updates }: Parts,
  starts: Starts,
  events: { isFree(): boolean },
  onIdle: () => void,
): SerialLink | undefined {
  const settings = description.serial;
  if (!settings) return undefined;
  const server: SerialServer = new SerialServer({
    receivers: {
      [payloads.package]: new PackageReceiver(updates),
      ...(updates.firmware && { [payloads.firmware]: updates.firmware }),
    },
    settings: () =>
      encodeSettingsReport(updates.settingsInForce, 0).flatMap((bytes) => splitSettingsReport(bytes, settingsRoom)),
    record: (session) => link.recorder?.request(session),
    isFree: () => events.isFree(),
    hello() {
      const { newest, script, model, settings } = updates.updates?.state() ?? nothing;
      const { event, reason, subject } = updates.last;
      return {
        version: protocolVersion,
        devEui: parseHex(description.radio.devEui, 8, "devEui"),
        profile: profileOf(description),
        apiLevel,
        languageLevel,
        isOnProbation: updates.updates?.isOnProbation ?? false,
        isStaged: updates.updates?.isStaged ?? false,
        isSafeMode: starts.isSafe,
        isSampling: !events.isFree(),
        hasSettings: true,
        canRecord: link.recorder !== undefined,
        newest,
        script,
        model,
        settings,
        event,
        reason,
        subject,
        firmware: firmwareVersion(),
      };
    },
  });
  const link = new SerialLink({ settings: { ...serialDefaults, ...settings }, server, onIdle, journal });
  return link;
}

/** The host may ask for what the sensors measure. @param sampler the node's own sampling: not while it records @returns undefined: the node has no line */
export function recordOver(
  { serial, config, updates, clock }: Pick<Base, "serial" | "config" | "updates" | "clock">,
  supplies: Supplies,
  sampler: { stop(): void; start(): void },
): Recorder | undefined {
  if (!serial) return undefined;
  const { baud } = serial;
  const { offsets } = updates;
  const send = (content: Uint8Array): boolean => serial.sendSamples(content);
  const onBegin = (): void => sampler.stop();
  const onEnd = (): void => sampler.start();
  const recorder = new Recorder({ config, offsets, baud, openSensor, supplies, clock, send, onBegin, onEnd, journal });
  serial.recorder = recorder;
  return recorder;
}
