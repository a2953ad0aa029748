/** What calls of natives and stretches of script take, by the clock: one line each, microseconds a call. */
import Host from "host";
import FFT from "fft";
import Inference from "inference";
import { cmac, encryptBlock } from "loracrypto";
import Sleep from "sleep";
import { encodeFaultReport } from "codec/codec";
import { readConfig, openModel } from "resources";
import { ScriptMachine } from "script";

trace(`${JSON.stringify(["script: a start, to the main module", Sleep.rtc * 1000])}\n`);

function measure(what: string, count: number, run: () => void): void {
  run();
  const start = Sleep.rtc;
  for (let i = 0; i < count; i++) run();
  const each = ((Sleep.rtc - start) * 1000) / count;
  trace(`${JSON.stringify([what, each])}\n`);
}

const fft = new FFT(128);
const ring = new Float32Array(128);
for (let i = 0; i < ring.length; i++) ring[i] = Math.sin(i) + Math.sin(i / 3);
measure("xs_fft_power", 10, () => fft.power(ring.buffer, 0, 0.1));
measure("xs_fft_forward", 10, () => fft.forward(ring.buffer));
measure("xs_fft_band", 100, () => void fft.band(2, 9));

const key = new Uint8Array(16).fill(7);
const block = new Uint8Array(16).fill(9);
const frame = new Uint8Array(40).fill(5);
measure("xs_aes_encrypt", 50, () => encryptBlock(key, block, 0));
measure("xs_aes_cmac", 50, () => cmac(key, frame, 40, block));

const inference = new Inference({ model: openModel(), arena: readConfig().model.arenaBytes });
measure("xs_inference_invoke", 3, () => inference.invoke());

const values = new Float32Array(256);
measure("script: sums over an array", 10, () => {
  let sum = 0;
  for (const value of values) sum += value * value;
  values[0] = sum;
});
class Point {
  #x = 0;
  move(by: number): number {
    this.#x += by;
    return this.#x;
  }
}
const point = new Point();
measure("script: method calls", 10, () => {
  for (let i = 0; i < 100; i++) point.move(i);
});
measure(
  "built-in: JSON",
  10,
  () => void JSON.stringify({ event: "radio", at: 1772323245.028, kind: "uplink", frequency: 867900000 }),
);
measure(
  "script: a payload",
  10,
  () => void encodeFaultReport({ sequence: 5, time: 1772323245, faults: [{ kind: "missing", sensor: 2, count: 7 }] }),
);

/** As in the node: the module of the firmware that compiles and starts an app script. */
const open = (): ScriptMachine =>
  new ScriptMachine({ bytes: 32768, stack: 256, module: "script/guest", ask: () => "" });
measure("script: its machine", 2, () => void open().close());
const statement =
  "(values) => { let sum = 0; for (let i = 0; i < values.length; i++) sum += values[i] * 3; return sum; }";
for (const count of [1, 10]) {
  let text = "";
  for (let i = 0; i < count; i++) text += `export const f${i} = ${statement};\n`;
  measure(`script: its machine, and ${text.length} bytes of text`, 2, () => {
    const machine = open();
    machine.call(text, 1000);
    machine.close();
  });
}
Host.exit(0);
