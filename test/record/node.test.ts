// Slow: a node under XS, in real time
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { RecordSession } from "../../host-tools/record/record.js";
import { listenForSerial } from "../../host-tools/simulate/serialPort.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { exampleNode, recordDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";

const folder = path.join(buildRoot, "test", `recordnode-${process.pid}`);
mkdirSync(folder, { recursive: true });
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const example = exampleNode();
const { config } = checkConfig({
  ...example,
  window: { ...example.window, everySeconds: example.window.seconds },
  serial: { transmit: 1, receive: 3 },
});

/** What a sensor measures: another value at each of its places. */
const measured = (sensor: string, window: number, second: number): number =>
  Math.fround(
    ["soil", "temperature", "humidity"].includes(sensor) ? 20 + window + second / 32 : Math.sin(9 * second + window),
  );

/** A recording whose cable is pulled once. @returns and whether the node's day ended before it */
async function record(t: ExecutionContext, day: ReturnType<typeof writeSoilDay>, directory: string) {
  const serial = await listenForSerial(0);
  // As on a board, nothing tells the node that the cable was pulled; and its clock goes on as it did.
  const attach = serial.attach.bind(serial);
  serial.attach = (stream) => {
    const write = stream.write.bind(stream) as (message: Uint8Array) => boolean;
    stream.write = ((message: Uint8Array) =>
      message[0] === 0 && message[1] === 0 ? true : write(message)) as typeof stream.write;
    attach(stream);
  };
  const finished = new AbortController();
  const stop = new AbortController();
  let isOver = false;
  const run = simulate({ ...day, config, serial, signal: finished.signal })
    .catch(() => {})
    .finally(() => {
      isOver = true;
      stop.abort();
    });
  const sockets = new Set<Socket>();
  let pulled = 0;
  const relay = createServer((host) => {
    const node = connect(serial.port, "127.0.0.1");
    for (const [from, to] of [
      [host, node],
      [node, host],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy()).on("close", () => to.destroy());
    }
  });
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy();
    relay.close();
    finished.abort();
    await run;
    serial.close();
  });
  await once(relay.listen(0, "127.0.0.1"), "listening");
  const { port } = relay.address() as { port: number };
  const session = new RecordSession({
    config,
    place: { host: "127.0.0.1", port },
    directory,
    seconds: 4,
    stop: stop.signal,
    onLink: () => {
      if (session.recording.summary.seconds < 1.5 || pulled > 0) return;
      pulled++;
      for (const socket of sockets) socket.destroy();
    },
    onWaiting: () => {},
    events: { onFile: () => {}, onGap: () => {} },
  });
  session.recording.setLabel(config.classes[0]!, Date.now() / 1000);
  const summary = await session.run();
  return { summary, pulled, isOver };
}

test("a node records over its line: every sample is that of its sensors at its time, before and after the cable was pulled", async (t) => {
  t.timeout(200_000);
  const day = writeSoilDay(folder, config, recordDay(config, 40, measured));
  // Without a host the node's clock runs ahead: one that comes again too late, on a machine that stalls, finds the day over.
  let recorded = await record(t, day, path.join(folder, "out0"));
  for (let i = 1; i < 5 && recorded.isOver; i++) recorded = await record(t, day, path.join(folder, `out${i}`));
  const { summary, pulled } = recorded;
  t.is(pulled, 1);
  t.like(summary, { rows: 4 * 64, seconds: 4, dropped: 0, surplus: 0 });
  let compared = 0;
  for (const { file } of summary.files) {
    const rows = readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",").map((cell) => cell.trim()));
    t.true(rows.every((row) => row[row.length - 1] === config.classes[0]));
    config.sensors.forEach(({ name, rate }, sensor) => {
      const samples = rows.map((row) => [Number(row[0]), row[1 + sensor]!] as const).filter(([, cell]) => cell !== "");
      const at = (place: number): number => {
        const window = Math.floor(place / (rate * config.window.seconds));
        return measured(name, window, place / rate - window * config.window.seconds);
      };
      // Where in the recorded day the node began to read; from there on each sample has its place.
      const [[began, first] = [0, ""]] = samples;
      const from = Array.from({ length: 40 * rate * config.window.seconds }, (_, place) => place).find(
        (place) => at(place) === Math.fround(Number(first)),
      );
      for (const [time, cell] of samples)
        t.is(Math.fround(Number(cell)), at(from! + Math.round((time - began) * rate)), `${file} ${name} ${time}`);
      compared += samples.length;
    });
  }
  t.true(compared > 4 * 64);
});
