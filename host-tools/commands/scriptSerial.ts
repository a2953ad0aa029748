/** loam script ... --to: over a serial line, or TCP that leads to one. */
import { InvalidArgumentError, Option } from "commander";
import { jsonLine } from "../lib/terminal.js";
import type { SettingsReport } from "../../device/codec/settingsreport.js";
import type { NodeConfig } from "../../device/config.js";
import { UserError } from "../lib/errors.js";
import { startProgress } from "../lib/progress.js";
import { describeHello, requireNode, SerialDelivery, type PackageState } from "../script/serialDelivery.js";
import { describeSettings, mergeSettings } from "../script/settingsView.js";
import { parsePlace, placeText, type Place } from "../serial/line.js";
import { withNode } from "../serial/transfer.js";

export interface SerialTarget {
  to?: string;
  device?: string;
  timeout?: number;
  detach?: boolean;
}

export const toOption = (): Option =>
  new Option(
    "--to <place>",
    "not by radio: a serial port with the node's UART (/dev/ttyUSB0, COM3; @BAUD behind it), or HOST:PORT that leads to one",
  );

export const timeoutOption = (): Option =>
  new Option("--timeout <seconds>", "with --to: give up after so long (default: never)").argParser((text) => {
    const value = Number(text);
    if (!(value > 0)) throw new InvalidArgumentError("a number of seconds expected.");
    return value;
  });

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

const states: Record<PackageState, string> = {
  absent: "",
  staged: "the node has it, and begins anew with it",
  probation: "in force, on probation: until an uplink was acknowledged and a window handled",
  confirmed: "in force, and confirmed",
};

export function signalOf({ timeout }: SerialTarget, to: string): AbortSignal {
  const controller = new AbortController();
  if (timeout !== undefined)
    setTimeout(() => {
      controller.abort(new UserError(`gave up after ${timeout} s: no answer at ${to} that ends it`));
    }, timeout * 1000).unref();
  return controller.signal;
}

export const waitingFor =
  (place: Place, { window }: NodeConfig): (() => void) =>
  () =>
    process.stderr.write(
      `nothing at ${placeText(place)} yet: a node that sleeps says hello when it wakes and after its windows, every ${window.everySeconds} s\n`,
    );

/** @throws UserError when it does not come into force */
export async function deliverBySerial(bytes: Uint8Array, config: NodeConfig, target: SerialTarget): Promise<void> {
  const place = parsePlace(target.to!, config.serial?.baud);
  const signal = signalOf(target, target.to!);
  const bar = startProgress("package", bytes.length, { hasLines: true });
  let said = "";
  const delivery = new SerialDelivery("what was to be sent", bytes, (state) => {
    if (state === said || state === "absent") return;
    said = state;
    bar.update(bytes.length, states[state]);
    if (state !== "confirmed") print(states[state]);
  });
  try {
    await withNode(
      place,
      signal,
      async (hello, conversation) => {
        requireNode(hello, config, target.device);
        const isConfirmed = await delivery.heard(hello, conversation, signal, (received, note) =>
          bar.update(received, note ?? ""),
        );
        return isConfirmed || (target.detach && said !== "") ? true : undefined;
      },
      waitingFor(place, config),
    );
  } catch (error) {
    bar.finish("failed");
    if (error instanceof UserError) throw new UserError(`the package did not come into force: ${error.message}`);
    throw error;
  }
  bar.finish(states[said as PackageState]);
}

export async function statusBySerial(
  config: NodeConfig | undefined,
  target: SerialTarget,
  isJson: boolean | undefined,
): Promise<void> {
  const place = parsePlace(target.to!, config?.serial?.baud);
  const signal = signalOf(target, target.to!);
  const { hello, reports } = await withNode(
    place,
    signal,
    async (heard, conversation) => ({ hello: heard, reports: await conversation.settings(signal, heard) }),
    config ? waitingFor(place, config) : () => process.stderr.write(`nothing at ${placeText(place)} yet\n`),
  );
  const settings = reports.reduce((known: SettingsReport | undefined, next) => mergeSettings(known, next), undefined);
  if (isJson) {
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
    print(jsonLine({ ...hello, devEui: hex(hello.devEui), profile: hex(hello.profile), settingsInForce: settings }));
  } else {
    for (const line of describeHello(hello)) print(line);
    print(settings ? "settings in force:" : "settings in force: not said, its firmware is an older one");
    for (const line of describeSettings(settings, config, undefined)) print(`  ${line}`);
  }
}
