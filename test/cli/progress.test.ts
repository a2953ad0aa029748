// Slow: a process for each case
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { needs, script } from "../helpers/needs.js";

/** Bars are drawn on a terminal only; util-linux's script(1) is one. */
const folder = mkdtempSync(path.join(tmpdir(), "loam-progress-"));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const module = (name: string): string => JSON.stringify(path.join(loamRoot, "host-tools/lib", `${name}.ts`));

async function onTerminal(
  name: string,
  program: string,
): Promise<{ exitCode?: number; timedOut: boolean; screen: string }> {
  const file = path.join(folder, `${name}.ts`);
  writeFileSync(file, program);
  const command = `node --import tsx ${file}`;
  const { exitCode, timedOut, stdout } = await execa("script", ["-qec", command, "/dev/null"], {
    cwd: loamRoot,
    reject: false,
    timeout: 30_000,
    stdin: "ignore",
  });
  return { ...(exitCode !== undefined && { exitCode }), timedOut, screen: stdout };
}

needs(script)("a step says how much time is left, once there is something to go by", async (t) => {
  const { screen } = await onTerminal(
    "left",
    `import { startProgress } from ${module("progress")};
const step = startProgress("a step", 10);
step.update(1);
setTimeout(() => step.update(5), 2500);
setTimeout(() => step.finish(), 3500);
`,
  );
  t.regex(screen, /50% \d+s, [2-9]s left/);
  t.notRegex(screen.slice(screen.lastIndexOf("100%")), / left/, "none at its end");
  t.notRegex(screen.slice(0, screen.indexOf("50%")), / left/);
});

const cases: [title: string, name: string, end: string, exitCode: number][] = [
  ["after a step that failed the program ends", "failed", "stopBars(); process.exitCode = 3;", 3],
  [
    "interrupted, it ends as the signal says",
    "interrupted",
    'setTimeout(() => process.kill(process.pid, "SIGINT"), 300);',
    130,
  ],
  [
    "a signal with another listener is left to it",
    "listened",
    'process.on("SIGINT", () => process.exit(7)); setTimeout(() => process.kill(process.pid, "SIGINT"), 300);',
    7,
  ],
];
for (const [title, name, end, exitCode] of cases) {
  needs(script)(`${title}, and the cursor is shown again`, async (t) => {
    const result = await onTerminal(
      name,
      `import { startProgress, stopBars } from ${module("progress")};\nstartProgress("a step", 10).update(3);\nvoid stopBars;\n${end}\n`,
    );
    t.false(result.timedOut);
    t.is(result.exitCode, exitCode);
    t.regex(result.screen, /a step/, "a bar was drawn");
    t.true(result.screen.lastIndexOf("\u001b[?25h") > result.screen.lastIndexOf("\u001b[?25l"), "shown last");
  });
}
