import { PassThrough } from "node:stream";
import test from "ava";
import { Air, type Position } from "../../host-tools/air/index.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";

const at = (x: number): Position => ({ x, y: 0 });
const exchange = (chip: string) => ({ manifest: `test/radio/programs/manifest_${chip}.json` });

test.serial(
  "one node: its packet arrives, and the answer is received in its window despite 20 ppm of drift",
  async (t) => {
    const program = await buildHost(exchange("exchange"));
    const run = async (name: string) => {
      const air = new Air();
      const gateway = air.addGateway({
        id: "gateway",
        onPacket: (heard) =>
          void t.true(
            gateway.transmit(heard.end + 1e6, {
              frequency: heard.frequency,
              sf: 7,
              bandwidth: 125000,
              power: 14,
              payload: new Uint8Array([1, 2, 3, heard.payload[6]!]),
            }),
          ),
      });
      const { stdout, stderr, exitCode } = await runHost(program, {
        args: [name],
        air: air.nodePort("node", { position: at(300), ppm: 20 }),
        timeoutMs: 60000,
      });
      t.is(exitCode, 0, stderr);
      const lines = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      t.deepEqual(
        lines.filter((line) => "heard" in line).map((line) => line["heard"]),
        [
          [1, 2, 3, 0],
          [1, 2, 3, 1],
        ],
      );
      t.like(lines.at(-3), { random: true, busy: false });
      t.like(lines.at(-1), { closed: true });
      t.like(lines.at(-2), { message: "the radio was closed" });
      t.is(air.statistics.sent, 6);
      return stdout;
    };
    for (const chip of ["sx1262", "sx1276"]) t.is(await run(chip), await run(chip), "both runs are equal");
  },
);

test.serial("random numbers of the radio: different for each node and start, the same in another run", async (t) => {
  const program = await buildHost(exchange("noise"));
  const run = async () => {
    const air = new Air({ seed: 3 });
    const draws: string[] = [];
    for (const chip of ["sx1262", "sx1276"]) {
      for (const [id, startAt] of [
        ["a", 0],
        ["b", 0],
        ["a", 5e6],
      ] as const) {
        const { stdout, stderr, exitCode } = await runHost(program, {
          args: [chip],
          seed: 1,
          air: air.nodePort(id, { startAt: startAt + (chip === "sx1262" ? 0 : 1e7) }),
          timeoutMs: 60000,
        });
        t.is(exitCode, 0, stderr);
        draws.push(...stdout.trim().split("\n"));
      }
    }
    return draws;
  };
  const first = await run();
  t.is(first.length, 24);
  t.is(new Set(first).size, 24);
  t.deepEqual(await run(), first);
});

async function crowd(t: { is(a: unknown, b: unknown, message?: string): unknown }, killAt?: number): Promise<string[]> {
  const program = await buildHost(exchange("crowd"));
  const air = new Air({ lossProbability: 0.1, seed: 7 });
  const heard: string[] = [];
  const gateway = air.addGateway({
    id: "gateway",
    onPacket(received) {
      heard.push(`${received.from} ${Math.round(received.start)} ${received.payload[1]}`);
      gateway.transmit(received.end + 1e6, {
        frequency: received.frequency,
        sf: 7,
        bandwidth: 125000,
        power: 14,
        payload: received.payload,
      });
    },
  });
  const controller = new AbortController();
  if (killAt !== undefined) air.at(killAt, () => controller.abort());
  const names = Array.from({ length: 6 }, (_, i) => String(i));
  const ports = names.map((name, i) => air.nodePort(`n${name}`, { position: at(100 + 80 * i), ppm: 8 * (i - 3) }));
  const results = await Promise.all(
    names.map((name, i) =>
      runHost(program, {
        args: [name, "20", "10000"],
        air: ports[i]!,
        timeoutMs: 120000,
        signal: name === "2" ? controller.signal : undefined,
      }),
    ),
  );
  results.forEach((result, i) => t.is(i === 2 && killAt !== undefined ? 0 : result.exitCode, 0, result.stderr));
  return [...heard, ...results.filter((_, i) => i !== 2).map((result) => result.stdout)];
}

test.serial(
  "six nodes with drifting clocks, collisions and losses: two runs are equal to the microsecond",
  async (t) => {
    const [first, second] = [await crowd(t), await crowd(t)];
    t.true(first.length > 60, `${first.length} heard`);
    t.deepEqual(first, second);
  },
);

test.serial("a killed program does not hold up the others", async (t) => {
  const heard = await crowd(t, 60e6);
  t.true(heard.some((line) => line.startsWith("n1 ") && Number(line.split(" ")[1]) > 150e6));
  t.false(heard.some((line) => line.startsWith("n2 ") && Number(line.split(" ")[1]) > 150e6));
});

test.serial("the clock waits for a node that restarts", async (t) => {
  const program = await buildHost(exchange("crowd"));
  const air = new Air();
  const starts: number[] = [];
  air.addGateway({ id: "gateway", onPacket: (received) => void starts.push(received.start) });
  const steady = runHost(program, {
    args: ["1", "30", "10000"],
    air: air.nodePort("steady", { position: at(100) }),
    timeoutMs: 60000,
  });
  for (let life = 0; life < 3; life++) {
    await runHost(program, {
      args: ["2", "3", "10000"],
      air: air.nodePort("restarts", { position: at(150), holdWhenEnded: true, startAt: air.timeOf("restarts") + 5e6 }),
      timeoutMs: 60000,
    });
  }
  air.remove("restarts");
  t.is((await steady).exitCode, 0);
  t.true(starts.length >= 30 && starts.every((start, i) => i === 0 || start >= starts[i - 1]!), "in order of time");
});

test("half a line from a program that died does no harm, nor does its silence afterwards", async (t) => {
  const air = new Air();
  const port = air.nodePort("dies");
  const [output, input] = [new PassThrough(), new PassThrough()];
  port.attach(output, input);
  const reached = new Promise<number>((resolve) => air.at(5e6, () => resolve(air.now)));
  output.end('{"at":1000}\n{"send":2000,"end":30');
  t.is(await reached, 5e6);
  t.is(air.statistics.sent, 0);
});

test("a program without an air receives nothing and ends", async (t) => {
  const program = await buildHost(exchange("crowd"));
  const { stdout, exitCode } = await runHost(program, { args: ["0", "2"], timeoutMs: 30000 });
  t.is(exitCode, 0);
  t.like(JSON.parse(stdout), { heard: 0 });
});
