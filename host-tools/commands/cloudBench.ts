import { Command } from "commander";
import { MissingTool } from "../lib/errors.js";
import { readUserFile, writeFileAtomic } from "../lib/files.js";
import { whole, wholeBetween } from "../lib/numbers.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { startProgress } from "../lib/progress.js";
import { formatTable } from "../lib/table.js";
import { benchCloud, type LoadBench } from "../load/bench.js";
import { findMosquitto, Mosquitto } from "../load/mosquitto.js";
import { scalePageKind, withFigures } from "../load/page.js";
import { findPostgres, PostgresServer } from "../load/postgres.js";
import { readNode } from "../node/nodeFile.js";

interface Options {
  nodes: number;
  rate: number;
  seconds: number;
  burst: number;
  workers: number;
  broker?: string;
  write?: string;
  force?: boolean;
  json?: boolean;
}

/** Those of this machine that are wanted. @throws MissingTool */
function requireServers(broker: string | undefined, database: string | undefined): void {
  const missing = [
    ...(broker === undefined && findMosquitto() === undefined ? ["mosquitto"] : []),
    ...(database === undefined && findPostgres() === undefined ? ["postgresql"] : []),
  ];
  if (missing.length > 0) throw new MissingTool(missing.join(" and "), `apt-get install ${missing.join(" ")}`);
}

function show({ runs, killed, sizes }: LoadBench): void {
  const rows = runs.map(({ workers, perSecond, median, p99, processor }) => [
    ...[workers, perSecond.toFixed(0), `${(perSecond / runs[0]!.perSecond).toFixed(2)}x`],
    ...[median.toFixed(0), p99.toFixed(0)],
    ...[processor.workers, processor.database, processor.broker].map((ms) => ms?.toFixed(2) ?? "-"),
  ]);
  const head = [
    "workers",
    "payloads per second",
    "against one",
    "uplink to downlink, median, ms",
    "99th percentile, ms",
    "processor time of workers, ms a payload",
    "of PostgreSQL",
    "of the broker",
  ];
  process.stdout.write(`${formatTable(head, rows)}\n`);
  const { payloads, lost, deferrals, unanswered, twice, seconds } = killed;
  process.stdout.write(
    `one of two workers killed: ${lost} of ${payloads} payloads lost, ${unanswered} of ${deferrals} deferrals unanswered, ${twice} answered twice; all done ${seconds.toFixed(0)} s later\n`,
  );
  process.stdout.write(`${sizes.perPayload.toFixed(0)} bytes of PostgreSQL a payload, with indexes\n`);
}

export const bench: Command = new Command("bench")
  .description(
    "Measure many workers of the cloud on this machine: payloads per second, time from uplink to downlink, and what is left when one is killed. It starts a mosquitto and a PostgreSQL server of its own in a temporary folder; --broker and DATABASE_URL name others.",
  )
  .option("--nodes <n>", "nodes that send", whole(1), 1000)
  .option("--rate <n>", "payloads per second of all nodes, where the time to the downlink is measured", whole(1), 50)
  .option("--seconds <n>", "for so long", whole(2), 20)
  .option("--burst <n>", "payloads that are sent as fast as the broker takes them", whole(100), 3000)
  .option("--workers <n>", "measure 1 to n workers", wholeBetween(1, 64), 4)
  .option("--broker <url>", "an MQTT 5 broker, mqtt://HOST:PORT")
  .option("--write <file>", "also write the figures into the page docs/scale.md")
  .addOption(forceOption())
  .option("--json", "print the figures as JSON")
  .action(async (_: unknown, command: Command) => {
    const { broker, write, force, json, ...options } = command.optsWithGlobals<Options>();
    if (write !== undefined) await requireReplaceable([{ file: write, kind: scalePageKind }], { force });
    const page = write === undefined ? "" : (await readUserFile(write, "the page")).toString();
    const { DATABASE_URL: database } = process.env;
    requireServers(broker, database || undefined);
    const stopped = new AbortController();
    const ends = (["SIGINT", "SIGTERM"] as const).map((signal) => {
      const end = () => stopped.abort(signal);
      process.once(signal, end);
      return () => process.off(signal, end);
    });
    const closers: (() => Promise<void>)[] = [];
    const progress = startProgress("bench", options.workers + 1);
    try {
      const own = broker === undefined ? await Mosquitto.start({ isPersistent: false }) : undefined;
      if (own) closers.push(() => own.close());
      const server = database ? undefined : await PostgresServer.start(true);
      if (server) closers.push(() => server.stop());
      let done = 0;
      const measured = await benchCloud({
        ...options,
        broker: broker ?? own!.url,
        brokerPid: own?.pid,
        databasePid: server?.pid,
        database: database || server!.url("postgres"),
        node: await readNode(undefined),
        loam: process.argv[1]!,
        onRun: (what) => progress.update(done++, what),
        signal: stopped.signal,
      });
      progress.finish();
      if (write !== undefined) await writeFileAtomic(write, withFigures(page, measured, write));
      if (json) process.stdout.write(`${JSON.stringify(measured)}\n`);
      else show(measured);
    } catch (error) {
      if (!stopped.signal.aborted) throw error;
    } finally {
      for (const close of closers) await close();
      for (const off of ends) off();
    }
    // As one that is not caught.
    if (stopped.signal.aborted) process.kill(process.pid, stopped.signal.reason as NodeJS.Signals);
  });
