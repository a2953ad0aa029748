/** Objects of every class that holds C data, made anew, and how they are closed. */
import Serial from "embedded:io/serial";
import FFT from "fft";
import Flash from "flash";
import Inference from "inference";
import Radio from "lora";
import Resource from "Resource";
import Timer from "timer";
import { ScriptMachine } from "script";

export interface Kind {
  make(): object;
  /** Leaves no C data behind; undefined: there is no such thing. */
  close?(object: object): void;
  /** As `super()` makes it: of the class, without data. */
  bare?(): object;
}

export const arena = 49152;
export const model = new Resource("model.tflite");

/** `super()` of a class, without the rest of its constructor. */
function base(instance: object): object {
  const parent = Object.getPrototypeOf((instance as { constructor: object }).constructor) as new () => object;
  return new parent();
}

const inputBytes = new Inference({ model, arena }).input().data.length;
/** With its input elsewhere: in a buffer like that of `frame`. */
const inference = (): Inference => new Inference({ model, arena, externalInputs: [0] });
export const frame = (): ArrayBuffer => new ArrayBuffer(inputBytes);
const script = (): ScriptMachine =>
  new ScriptMachine({ bytes: 20480, stack: 384, module: "guest", ask: (question) => question });
/** The board has one UART: whatever had it before is closed. */
let serial: object | undefined;
const closeSerial = (): void => void (serial && native("xs_simserial_close").call(serial));
function openSerial(): Serial {
  closeSerial();
  const port = new Serial({ baud: 115200, format: "buffer" } as never);
  serial = port;
  return port;
}
const tensor = (): object => inference().output().data.buffer;

/** `bare` and `close` are for native methods: what script calls is in the classes. */
export const kinds = {
  fft: {
    make: () => new FFT(16),
    close: (object: object) => (object as FFT).close(),
    bare: () => base(new FFT(16)),
  },
  inference: {
    make: inference,
    close: (object: object) => (object as Inference).close(),
    bare: () => base(inference()),
  },
  tensor: {
    make: tensor,
    close: (object: object) => (object as { inference: Inference }).inference.close(),
    bare: () => base(tensor()),
  },
  radio: {
    make: () => new Radio({ chip: "sx1262" }),
    close: (object: object) => (object as Radio).close(),
    bare: () => {
      const radio = new Radio({ chip: "sx1262" });
      radio.close();
      return base(radio);
    },
  },
  script: {
    make: script,
    close: (object: object) => void (object as ScriptMachine).close(),
    bare: () => base(script()),
  },
  flash: { make: () => new Flash("outbox"), bare: () => base(new Flash("outbox")) },
  serial: {
    make: openSerial,
    close: (object: object) => native("xs_simserial_close").call(object),
    bare: () => {
      const port = openSerial();
      port.close();
      serial = base(port);
      return serial;
    },
  },
  resource: { make: () => new Resource("model.tflite"), bare: () => base(model) },
  timer: {
    make: () => Timer.set(() => {}, 1),
    close: (object: object) => Timer.clear(object as never),
  },
} satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;
