import test from "ava";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { UserError } from "../../host-tools/lib/errors.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { matchPlatform } from "../../host-tools/xs/manifest/load.js";

const base = "$(MODDABLE)/examples/manifest_base.json";

/** A folder with these files, gone after the test. */
async function folder(
  t: { teardown(call: () => Promise<void>): void },
  files: Record<string, string>,
): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "loam-xs-"));
  t.teardown(() => rm(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), text);
  }
  return directory;
}

const main = 'trace("main\\n");';
const manifest = (content: object) => JSON.stringify({ include: base, modules: { "*": "./main" }, ...content });

// Faults of a manifest or its sources, and what the message must name.
const faults: { what: string; files: Record<string, string>; says: RegExp[] }[] = [
  { what: "no manifest", files: {}, says: [/manifest\.json/, /no such file/] },
  { what: "no JSON", files: { "manifest.json": "{ modules }" }, says: [/manifest\.json/, /JSON/] },
  {
    what: "an include that is missing",
    files: { "manifest.json": manifest({ include: "./other/manifest.json" }) },
    says: [/manifest\.json includes .*other\/manifest\.json/],
  },
  {
    what: "a part of the SDK without a counterpart",
    files: { "manifest.json": manifest({ include: [base, "$(MODULES)/network/wifi/manifest.json"] }) },
    says: [/modules\/network\/wifi/, /no counterpart/],
  },
  {
    what: "an undefined variable",
    files: { "manifest.json": manifest({ include: "$(NOWHERE)/x.json" }) },
    says: [/\$\(NOWHERE\) is not defined/],
  },
  {
    what: "a module that is missing",
    files: { "manifest.json": manifest({ modules: { "*": ["./main", "./absent"] } }), "main.ts": main },
    says: [/absent: no file matches/],
  },
  {
    what: "a folder that is missing",
    files: { "manifest.json": manifest({ modules: { "*": ["./main", "./none/*"] } }), "main.ts": main },
    says: [/there is no folder .*none/],
  },
  {
    what: "two modules of one name",
    files: {
      "manifest.json": manifest({ modules: { "*": ["./main", "./a/x", "./b/x"] } }),
      "main.ts": main,
      "a/x.ts": "",
      "b/x.ts": "",
    },
    says: [/two modules have the name "x"/, /a\/x\.ts/, /b\/x\.ts/],
  },
  {
    what: "no main module",
    files: { "manifest.json": manifest({ modules: {} }) },
    says: [/no module has the name "main"/],
  },
  {
    what: "an error for the platform",
    files: { "manifest.json": manifest({ platforms: { lin: { error: "not on this one" } } }), "main.ts": main },
    says: [/not on this one/],
  },
  {
    what: "an error for all other platforms",
    files: {
      "manifest.json": manifest({ platforms: { esp32: {}, "...": { error: "only on esp32" } } }),
      "main.ts": main,
    },
    says: [/only on esp32/],
  },
  {
    what: "a syntax error",
    files: { "manifest.json": manifest({}), "main.ts": "let a = 1;\nlet b = ;\n" },
    says: [/main\.ts:2: /],
  },
  {
    what: "a native function that no source has",
    files: { "manifest.json": manifest({}), "main.ts": 'native("xs_nowhere").call(this);' },
    says: [/no C source of the manifest defines xs_nowhere/],
  },
  {
    what: "C that does not compile",
    files: {
      "manifest.json": manifest({ modules: { "*": ["./main", "./core"] } }),
      "main.ts": main,
      "core.c": "int f(void) { return x; }\n",
    },
    says: [/core\.c:1/, /x/],
  },
  {
    what: "sizes that are no numbers",
    files: { "manifest.json": manifest({ creation: { static: "64K" } }), "main.ts": main },
    says: [/"creation" must hold whole numbers/],
  },
];

for (const { what, files, says } of faults) {
  test(`${what}: the error says which`, async (t) => {
    const directory = await folder(t, files);
    const error = await t.throwsAsync(buildHost({ manifest: path.join(directory, "manifest.json") }), {
      instanceOf: UserError,
    });
    for (const text of says) t.regex(error.message, text);
  });
}

test("an import of a module that the manifest does not have ends the program and names it", async (t) => {
  const directory = await folder(t, {
    "manifest.json": manifest({}),
    "main.ts": 'import absent from "absent";\ntrace(absent);',
  });
  const result = await runHost(await buildHost({ manifest: path.join(directory, "manifest.json") }), {
    timeoutMs: 30_000,
  });
  t.is(result.exitCode, 1);
  t.regex(result.stderr, /absent/);
});

test("variables, renaming, wildcards with a prefix, data by folder, and the platform's section", async (t) => {
  const directory = await folder(t, {
    "manifest.json": JSON.stringify({
      build: { HERE: "./parts" },
      include: [base, "$(HERE)/manifest.json"],
      modules: { "*": "./main", renamed: "$(HERE)/original", "set/*": "$(HERE)/set-*" },
      data: { "files/*": "./data/*" },
    }),
    "main.ts":
      'import a from "renamed";\nimport b from "set/one";\nimport c from "platform";\nimport Resource from "Resource";\ntrace([a, b, c, Resource.exists("files/x.txt")].join(), "\\n");',
    "parts/manifest.json": JSON.stringify({
      platforms: { lin: { modules: { platform: "./lin" } }, "...": { error: "no" } },
    }),
    "parts/original.ts": "export default 1;",
    "parts/set-one.js": "export default 2;",
    "parts/lin.ts": "export default 3;",
    "data/x.txt": "x",
  });
  const result = await runHost(await buildHost({ manifest: path.join(directory, "manifest.json") }), {
    timeoutMs: 30_000,
  });
  t.deepEqual(result.lines, ["1,2,3,true"], result.stderr);
});

test("only what has changed is built again", async (t) => {
  const directory = await folder(t, { "manifest.json": manifest({}), "main.ts": 'trace("one\\n");' });
  const options = { manifest: path.join(directory, "manifest.json") };
  const first = await buildHost(options);
  const made = (await stat(first.executable)).mtimeMs;
  await writeFile(path.join(directory, "main.ts"), 'trace("two\\n");');
  const second = await buildHost(options);
  t.is(second.executable, first.executable);
  t.is((await stat(second.executable)).mtimeMs, made);
  t.deepEqual((await runHost(second)).lines, ["two"]);
  t.deepEqual(
    (await runHost(first)).lines,
    ["one"],
    "a program that was built before still runs what it was built from",
  );
});

test("two builds at once give the same program", async (t) => {
  const directory = await folder(t, { "manifest.json": manifest({}), "main.ts": main });
  const [a, b] = await Promise.all([1, 2].map(() => buildHost({ manifest: path.join(directory, "manifest.json") })));
  t.deepEqual(a, b);
});

// mcconfig's order: exact name, pattern, shorter name, "...".
const platforms: { names: string[]; platform: string; chosen: string | undefined }[] = [
  { names: ["lin", "..."], platform: "lin", chosen: "lin" },
  { names: ["...", "esp32"], platform: "lin", chosen: "..." },
  { names: ["esp32", "esp32/c3"], platform: "esp32/c3", chosen: "esp32/c3" },
  { names: ["esp32", "..."], platform: "esp32/c3", chosen: "esp32" },
  { names: ["esp32/*", "esp32"], platform: "esp32/c3", chosen: "esp32/*" },
  { names: ["*/c3"], platform: "esp32/c3", chosen: "*/c3" },
  { names: ["esp32"], platform: "lin", chosen: undefined },
];

for (const { names, platform, chosen } of platforms) {
  test(`of the platforms ${names.join(" ")}, ${platform} takes ${chosen ?? "none"}`, (t) => {
    t.is(matchPlatform(Object.fromEntries(names.map((name) => [name, name])), platform), chosen);
  });
}
