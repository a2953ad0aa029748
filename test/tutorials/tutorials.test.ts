// Slow: where the data is, it trains networks
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { needs } from "../helpers/needs.js";
import { isPrinted, rewritten, stepsOf, type CommandStep } from "./tutorial.js";

/** The folder of public data sets, as `loam experiments --public` takes it. */
const data = process.env["LOAM_PUBLIC_DATA"];
/** 1: what the commands print goes into the pages. */
const isWriting = process.env["LOAM_WRITE_TUTORIALS"] === "1";

const folder = path.join(loamRoot, "docs/tutorials");
const pages = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");
const textOf = (page: string): string => readFileSync(path.join(folder, page), "utf8");
/** The data sets that a page names. */
const setsOf = (page: string): string[] => [
  ...new Set([...textOf(page).matchAll(/\$LOAM_PUBLIC_DATA"?\/(\w+)/g)].map(([, name]) => name!)),
];
const runnable = pages.filter((page) => setsOf(page).length > 0);

/** Commands of a block that runs them, or of one that only shows them. */
const loamCommands = (page: string): string[] =>
  [...textOf(page).matchAll(/^(?:\$ )?npx loam(?:-node)? (.*(?:\\\n.*)*)/gm)].map(([, rest]) =>
    rest!.replaceAll("\\\n", " "),
  );

const cli = path.join(loamRoot, "host-tools/bin/loam.js");
const helps = new Map<string, Promise<string>>();

/** What `loam NAME... --help` prints. */
function helpOf(...names: string[]): Promise<string> {
  const key = names.join(" ");
  const help = helps.get(key) ?? execa(process.execPath, [cli, ...names, "--help"]).then(({ stdout }) => stdout);
  helps.set(key, help);
  return help;
}

for (const page of pages)
  test(`${page}: its commands and options exist, its descriptions are right`, async (t) => {
    t.true(loamCommands(page).length > 0);
    for (const line of loamCommands(page)) {
      const [name = "", ...words] = line
        .split(/\s+[#|]/)[0]!
        .trim()
        .split(/\s+/);
      t.regex(await helpOf(), new RegExp(`^  ${name} `, "m"), line);
      const own = await helpOf(name);
      const [sub = ""] = words;
      const help = /^[a-z]+$/.test(sub) && new RegExp(`^  ${sub} `, "m").test(own) ? await helpOf(name, sub) : own;
      for (const word of words.filter((each) => /^--?[a-z]/.test(each)))
        t.regex(help, new RegExp(`^  (-\\w, )?${word.split("=")[0]}\\b|^  ${word}, `, "m"), line);
    }
    for (const step of stepsOf(textOf(page)))
      if (step.kind === "file" && step.name.endsWith("node.config.json"))
        t.notThrows(() => checkConfig(JSON.parse(step.text)));
  });

/** Files that a page links. */
const linksOf = (file: string): string[] =>
  [...readFileSync(file, "utf8").matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(([, to]) =>
    path.resolve(path.dirname(file), to!),
  );

test("the index of the documentation has every page, and links of index and tutorials lead somewhere", (t) => {
  const docs = path.join(loamRoot, "docs");
  const indexes = [path.join(docs, "README.md"), path.join(folder, "README.md")];
  const linked = new Set(indexes.flatMap(linksOf));
  const inDocs = readdirSync(docs).filter((name) => name.endsWith(".md") && name !== "README.md");
  for (const page of [...inDocs.map((name) => path.join(docs, name)), ...pages.map((name) => path.join(folder, name))])
    t.true(linked.has(page), page);
  for (const file of [...indexes, ...pages.map((name) => path.join(folder, name))])
    for (const to of linksOf(file)) t.true(existsSync(to), `${file}: ${to}`);
  t.true(linksOf(path.join(loamRoot, "README.md")).includes(indexes[0]!));
});

test("a page is compared with what its commands print, and rewritten", (t) => {
  const page = "```console\n$ a \\\n    b\n1\n...\n3\n$ c\n```\n```json x.json\n{}\n```\n";
  const [first, second, third] = stepsOf(page) as [CommandStep, CommandStep, unknown];
  t.deepEqual([first.command, first.printed], ["a b", ["1", "...", "3"]]);
  t.deepEqual([second.command, second.printed], ["c", []]);
  t.deepEqual(third, { kind: "file", name: "x.json", text: "{}" });
  t.true(isPrinted(first.printed, ["1", "2", "2", "3"]));
  t.false(isPrinted(first.printed, ["1", "2", "4"]));
  t.false(isPrinted(first.printed, ["1"]));
  t.false(isPrinted([], ["1"]));
  const outputs = new Map([
    [first, ["5", "6", "7", "8"]],
    [second, ["9"]],
  ]);
  t.true(rewritten(page, outputs).startsWith("```console\n$ a \\\n    b\n5\n...\n8\n$ c\n9\n```\n"));
});

/** A folder for the PATH in which `npx loam` is this checkout, and `npm install` links it. */
async function shims(place: string): Promise<string> {
  const bin = path.join(place, ".bin");
  await mkdir(bin);
  const scripts = {
    npx: `#!/bin/sh\nshift\nexec "${process.execPath}" "${path.join(loamRoot, "host-tools/bin/loam.js")}" "$@"\n`,
    npm: `#!/bin/sh\nmkdir -p node_modules && ln -sfn "${loamRoot}" node_modules/loam\n`,
  };
  for (const [name, text] of Object.entries(scripts)) {
    await writeFile(path.join(bin, name), text);
    await chmod(path.join(bin, name), 0o755);
  }
  return bin;
}

for (const page of runnable) {
  const where = (): string | undefined =>
    data !== undefined && setsOf(page).every((name) => existsSync(path.join(data, name)))
      ? undefined
      : `LOAM_PUBLIC_DATA: a folder with ${setsOf(page).join(" and ")}, as docs/tutorials/${page} says`;
  needs(where).serial(`${page}: its commands print what it says`, async (t) => {
    t.timeout(isWriting ? 7_200_000 : 300_000);
    const place = await realpath(await mkdtemp(path.join(tmpdir(), "loam-tutorial-")));
    t.teardown(() => rm(place, { recursive: true, force: true }));
    const PATH = `${await shims(place)}:${process.env["PATH"]}`;
    const env = { PATH, LOAM_PUBLIC_DATA: data!, LOAM_BUILD: undefined, NO_COLOR: "1", COLUMNS: "100" };
    const outputs = new Map<CommandStep, string[]>();
    let cwd = place;
    for (const step of stepsOf(textOf(page))) {
      if (step.kind === "file") {
        await writeFile(path.join(cwd, step.name), `${step.text}\n`);
        continue;
      }
      const [, into] = /^cd (\S+)$/.exec(step.command) ?? [];
      if (into !== undefined) {
        cwd = path.resolve(cwd, into);
        continue;
      }
      const { stdout, stderr, exitCode } = await execa("sh", ["-c", step.command], { cwd, env, reject: false });
      t.is(exitCode, 0, `${step.command}\n${stderr}`);
      // Where the page is run is not what it says.
      const text = stdout.replaceAll(`${cwd}/`, "").replaceAll(`${data!}/`, "$LOAM_PUBLIC_DATA/");
      const output = text === "" ? [] : text.split("\n").map((line) => line.trimEnd());
      outputs.set(step, output);
      if (!isWriting) t.true(isPrinted(step.printed, output), `${step.command}\n${stdout}`);
    }
    if (isWriting) await writeFile(path.join(folder, page), rewritten(textOf(page), outputs));
  });
}
