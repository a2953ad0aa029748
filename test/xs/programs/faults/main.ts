import Host from "host";
import { fail } from "thrower";
import Timer from "timer";

const faults: Record<string, () => void> = {
  exception() {
    fail({ value: 7 });
  },
  timer() {
    Timer.set(() => void fail({ value: 8 }), 10);
  },
  rejection() {
    const later = async () => {
      await Promise.resolve();
      fail({ value: 9 });
    };
    void later();
  },
  handled() {
    Promise.reject(new Error("caught")).catch((error: unknown) => trace(`${(error as Error).message}\n`));
  },
  slots() {
    const kept: object[] = [];
    for (;;) kept.push({});
  },
  chunks() {
    const kept: ArrayBuffer[] = [];
    for (;;) kept.push(new ArrayBuffer(1000));
  },
  garbage() {
    for (let i = 0; i < 2000; i++) new ArrayBuffer(1000);
    trace("collected\n");
  },
  stack() {
    const deeper = (n: number): number => 1 + deeper(n + 1);
    deeper(0);
  },
  keys() {
    const object: Record<string, number> = {};
    for (let i = 0; ; i++) object[`key${i}`] = i;
  },
};

faults[Host.args[0]!]!();
