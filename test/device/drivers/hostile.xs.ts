/** An ECMA-419 driver of a number that hangs or crashes: the program's arguments say where, how, and whether only after the first sleep. */
import Host from "host";
import Sleep from "sleep";
import Timer from "timer";

const [place, how, since] = Host.args;

/** Longer than any test. */
const forever = 1e9;

interface Bus {
  read(count: number): ArrayBuffer;
  close(): void;
}
interface Options {
  sensor: { io: new (options: object) => Bus };
}

function misbehave(bus: Bus | undefined): void {
  if (since === "later" && Sleep.cause === "power") return;
  switch (how) {
    case "throws":
      throw new Error("the sensor is broken");
    case "throws nothing":
      throw undefined as unknown as Error;
    case "loops":
      for (;;);
    case "waits":
      // C that does not return.
      Timer.delay(forever);
      return;
    case "polls the bus":
      // Until it is ready, which it never is: each transfer ends with the bus's timeout.
      for (;;) {
        try {
          bus!.read(1);
        } catch {
          // Once more.
        }
      }
    case "recurses":
      misbehave(bus);
      return;
    case "takes all memory": {
      const all: number[][] = [];
      for (;;) all.push([all.length]);
    }
    case "throws in a callback":
      Timer.set(() => {
        throw new Error("nobody catches this");
      }, 10);
      return;
    default:
      throw new Error(`no such way: ${how}`);
  }
}

export default class Hostile {
  readonly #bus: Bus;

  constructor({ sensor: { io: IO, ...wiring } }: Options) {
    this.#bus = new IO(wiring);
    if (place === "constructor") misbehave(this.#bus);
  }

  configure(): void {
    if (place === "configure") misbehave(this.#bus);
  }

  sample(): { value: number } {
    if (place === "sample") misbehave(this.#bus);
    return { value: 20 };
  }

  close(): void {
    if (place === "close") misbehave(this.#bus);
    this.#bus.close();
  }
}
