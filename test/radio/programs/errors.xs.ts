import { cmac, encryptBlock } from "loracrypto";
import airtime from "airtime";
import Radio, { RadioError } from "lora";

/** Errors and their messages, one line of JSON each. */
const modulation = { frequency: 868100000, sf: 7, bandwidth: 125000 };
const secret = new Uint8Array([0xde, 0xad, 0xbe, 0xef]);

async function tell(what: string, call: () => unknown) {
  try {
    await call();
    trace(`${JSON.stringify({ what, error: null })}\n`);
  } catch (error) {
    const { name, message } = error as Error;
    trace(`${JSON.stringify({ what, name, message, fault: error instanceof RadioError ? error.fault : undefined })}\n`);
  }
}

export default async function main() {
  await tell("chip", () => new Radio({ chip: "sx1280" as "sx1276" }));
  await tell("tcxo", () => new Radio({ chip: "sx1262", tcxoVoltage: 5 }));
  await tell("pin none", () => new Radio({ chip: "sx1262", pins: { select: NaN } }));
  await tell("tcxo between", () => new Radio({ chip: "sx1262", tcxoVoltage: 2 }));
  await tell("tcxo of another", () => new Radio({ chip: "sx1276", tcxoVoltage: 2 }).close());
  const radio = new Radio({ chip: "sx1262" });
  await tell("frequency", () => radio.transmit(secret, { ...modulation, frequency: 1e6, power: 14 }));
  await tell("power", () => radio.transmit(secret, { ...modulation, power: 30 }));
  await tell("power wide", () => radio.transmit(secret, { ...modulation, power: 14 + 2 ** 32 }));
  await tell("preamble none", () => radio.transmit(secret, { ...modulation, preamble: NaN, power: 14 }));
  await tell("timeout wide", () => radio.receive({ ...modulation, timeoutMs: 4294968 }));
  await tell("at none", () => radio.receive({ ...modulation, timeoutMs: 5000, at: NaN }));
  await tell("payload", () => radio.transmit(new Uint8Array(256), { ...modulation, power: 14 }));
  await tell("no timeout", () => radio.receive(modulation));
  const first = tell("cancelled", () => radio.receive({ ...modulation, timeoutMs: 5000 }));
  await tell("inUse", () => radio.random());
  await radio.standby();
  await first;
  let ended = false;
  const listening = radio.listen(modulation, () => {}).then(() => (ended = true));
  await radio.sleep();
  await listening;
  trace(`${JSON.stringify({ what: "listen", ended })}\n`);
  const late = tell("closed", () => radio.receive({ ...modulation, timeoutMs: 5000 }));
  radio.close();
  radio.close();
  await late;
  await tell("closed before", () => radio.random());
  await tell("short key", () => encryptBlock(secret, new Uint8Array(16), 0));
  await tell("block beyond", () => encryptBlock(new Uint8Array(16), new Uint8Array(20), 5));
  await tell("long cmac", () => cmac(new Uint8Array(16), secret, 5, new Uint8Array(16)));
  const out = new Uint8Array(16);
  cmac(
    new Uint8Array([0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c]),
    out,
    0,
    out,
  );
  trace(`${JSON.stringify({ what: "cmac", bytes: [...out] })}\n`);
  trace(`${JSON.stringify({ what: "airtime", time: airtime(51, { sf: 12, bandwidth: 500000 }) })}\n`);
}
