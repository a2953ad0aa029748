/** The SDK's own xsbug-log, a debugger for terminals, with a host program. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";
import { buildHost, exitCodes, runHost } from "../../host-tools/xs/index.js";
import { goesOn } from "./xsbug.js";
import { freePort } from "../../host-tools/lib/freePort.js";
import { findXsc, needs, xsbugLog, xsc } from "../helpers/needs.js";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "programs/stepper");
const file = path.join(folder, "stepper.ts");
const program = buildHost({ manifest: path.join(folder, "manifest.json") });
const patience = 60_000;

class XsbugLog {
  readonly #process;
  #output = "";
  #read = 0;

  /** @param preferences of the project, as xsbug-log keeps them */
  constructor(t: ExecutionContext, port: number, preferences: object) {
    const project = mkdtempSync(path.join(tmpdir(), "loam-xsbug-log-"));
    writeFileSync(path.join(project, ".xsdb.json"), JSON.stringify(preferences));
    const log = path.join(process.env["MODDABLE"]!, "tools/xsbug-log/xsbug-log.js");
    const compiler = findXsc();
    this.#process = spawn(process.execPath, [log], {
      env: {
        ...process.env,
        XSBUG_LOG_PORT: String(port),
        XSBUG_PROJECT: project,
        PATH: [...(compiler ? [path.dirname(compiler)] : []), process.env["PATH"]].join(path.delimiter),
      },
    });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
      });
    t.teardown(() => {
      this.#process.kill("SIGKILL");
      rmSync(project, { recursive: true });
    });
  }

  /** What it prints next that matches. */
  async print(expected: RegExp): Promise<RegExpExecArray> {
    const deadline = Date.now() + patience;
    while (Date.now() < deadline) {
      const found = expected.exec(this.#output.slice(this.#read));
      if (found) {
        this.#read += found.index + found[0].length;
        return found;
      }
      await sleep(10);
    }
    throw new Error(`xsbug-log has not printed ${String(expected)}, but:\n${this.#output.slice(this.#read)}`);
  }

  type(command: string): void {
    this.#process.stdin.write(`${command}\n`);
  }

  async close(): Promise<void> {
    this.#process.kill("SIGKILL");
    await once(this.#process, "close");
  }
}

/** The endless program, until `end` is called. */
function start(t: ExecutionContext, port: number, of = program) {
  const finish = new AbortController();
  const killed = new AbortController();
  t.teardown(() => killed.abort());
  const lines: string[] = [];
  const ended = of.then((built) =>
    runHost(built, {
      debug: `127.0.0.1:${port}`,
      finish: finish.signal,
      signal: killed.signal,
      onLine: (line) => lines.push(line),
    }),
  );
  return { lines, end: async () => (finish.abort(), await ended) };
}

needs(xsbugLog)(
  "xsbug-log: break at start, hit count, variables, step, frames, instruments, and once more",
  async (t) => {
    const port = await freePort();
    const breakpoints = [{ id: 1, path: file, line: 8, hitCountExpr: "=3" }];
    const log = new XsbugLog(t, port, { breakOnStart: true, breakpoints });
    await log.print(/listening on port/);
    const node = start(t, port);
    await log.print(/Connected to "stepper"/);
    await log.print(/stepper\.ts:1\b/);
    t.deepEqual(node.lines, []);
    log.type("continue");
    await log.print(/Breakpoint 1, Stepper\.prototype\.add\(\) at stepper\.ts:8/);
    t.is(node.lines.length, 2);
    log.type("print value");
    await log.print(/value = 3/);
    log.type("backtrace");
    await log.print(/#0: Stepper\.prototype\.add at stepper\.ts:8\s+#1: .* at main\.ts:8/);
    log.type("info instruments");
    await log.print(/Chunk used +\d+ \/ \d+ bytes\s+Slot used +\d+ \/ \d+ bytes\s+Stack used +\d+ \/ 6144 bytes/);
    log.type("next");
    await log.print(/main\.ts:\d+|turn 3 9/);
    log.type("continue");
    await log.print(/turn 6 36/);
    await log.close();

    const before = node.lines.length;
    t.true(await goesOn(node.lines, 100), "without it");
    const again = new XsbugLog(t, port, { breakpoints: [{ id: 1, path: file, line: 8 }] });
    await again.print(/Connected to "stepper"/);
    await again.print(/Breakpoint 1, Stepper\.prototype\.add\(\) at stepper\.ts:8/);
    again.type("print value");
    const [, value] = await again.print(/value = (\d+)/);
    t.true(Number(value) > before);
    again.type("delete all");
    await again.print(/All breakpoints cleared/);
    again.type("continue");
    await again.print(new RegExp(`turn ${Number(value) + 5} `));
    t.is((await node.end()).exitCode, exitCodes.requested);
  },
);

needs(xsbugLog, xsc)("xsbug-log: condition, trace and console, compiled by the SDK's xsc", async (t) => {
  const port = await freePort();
  const breakpoints = [{ id: 1, path: file, line: 8, conditionExpr: "value > 3 && this.#steps % 2 === 0" }];
  const log = new XsbugLog(t, port, { breakpoints });
  await log.print(/listening on port/);
  const node = start(t, port);
  await log.print(/Breakpoint 1, Stepper\.prototype\.add\(\) at stepper\.ts:8/);
  log.type("print value");
  await log.print(/value = 4/);
  log.type("eval `${this.name} ${sum.steps * 10}`");
  await log.print(/stepper 40/);
  log.type("condition 1 value % 5 === 0");
  await log.print(/stop only if value % 5 === 0/);
  log.type("trace 1 `the sum of ${sum.value} and more`");
  await log.print(/trace `the sum/);
  log.type("continue");
  await log.print(/turn 4 16/);
  await log.print(/the sum of 5 and more/);
  await log.print(/turn 9 81/);
  await log.print(/the sum of 10 and more/);
  await log.print(/turn 12 144/);
  t.is((await node.end()).exitCode, exitCodes.requested);
});

needs(xsbugLog)("xsbug-log: an app script's machine beside the node's", async (t) => {
  const place = path.join(folder, "../../../script");
  const stepping = buildHost({
    manifest: path.join(place, "manifest.json"),
    main: path.join(place, "stepping.xs.ts"),
  });
  const port = await freePort();
  const breakpoints = [{ id: 1, path: path.join(place, "stepped.xs.ts"), line: 11, hitCountExpr: "=2" }];
  const log = new XsbugLog(t, port, { breakpoints });
  await log.print(/listening on port/);
  const node = start(t, port, stepping);
  await log.print(/Connected to "script"/);
  await log.print(/Connected to "app script"/);
  await log.print(/Switching to thread 2 \(app script\)/);
  await log.print(/Breakpoint 1, double\(\) at stepped\.xs\.ts:11/);
  log.type("print value");
  await log.print(/value = 2/);
  log.type("next");
  await log.print(/turn 2: ok, 4|stepped\.xs\.ts:\d+/);
  log.type("continue");
  t.true(await goesOn(node.lines, 10));
  t.is((await node.end()).exitCode, exitCodes.requested);
});
