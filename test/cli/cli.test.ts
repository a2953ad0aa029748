// Slow: a process for each case
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { loamRoot } from "../../host-tools/lib/paths.js";

const loam = (...args: string[]) =>
  execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), ...args], { reject: false });

const listed = (help: string): string[] =>
  [...help.matchAll(/^ {2}([a-z]+)[ ]/gm)].map((match) => match[1]!).filter((name) => name !== "help");

test("loam --help lists the commands, and each command has its own help", async (t) => {
  const { stdout, exitCode } = await loam("--help");
  t.is(exitCode, 0);
  const names = listed(stdout);
  for (const name of ["convert", "prune", "train", "simulate", "infer", "arena", "bench", "inspect", "airtime"])
    t.true(names.includes(name), name);
  for (const name of names) {
    const help = await loam(name, "--help");
    t.is(help.exitCode, 0, help.stderr);
    t.regex(help.stdout, new RegExp(`^Usage: loam ${name} `), name);
  }
});

for (const [what, args, said] of [
  ["a command that is not there", ["fly"], /unknown command 'fly'/],
  ["an option that is not there", ["simulate", "--fast"], /--fast|--recording/],
  [
    "a file that is not there",
    ["inspect", "/nowhere/model.tflite"],
    /^loam: cannot read .*\/nowhere\/model\.tflite: there is no such file/,
  ],
  ["a number that is none", ["train", "--epochs", "many"], /'many' is invalid/],
] as const) {
  test(`${what}: a message on stderr, and an exit code other than 0`, async (t) => {
    const { stdout, stderr, exitCode } = await loam(...args);
    t.not(exitCode, 0);
    t.regex(stderr, said);
    t.is(stdout, "");
    t.notRegex(stderr, /\n\s+at /, "no stack");
  });
}

test("output that nobody reads any longer ends a command without a word", async (t) => {
  const cli = path.join(loamRoot, "host-tools/bin/loam.js");
  const model = path.join(loamRoot, "device/model/model.tflite");
  const { stderr } = await execa("sh", ["-c", `(node "$0" inspect "$1"; echo "$?" >&2) | :`, cli, model]);
  t.is(stderr, "141");
});
