import { chmod, cp, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { execa } from "execa";
import { bundledCli } from "../../host-tools/bin/bundle.js";
import { loamRoot } from "../../host-tools/lib/paths.js";

/** A command line of two modules, of which one has a file beside it. */
async function project(t: ExecutionContext, folder = "checkout"): Promise<string> {
  const top = await mkdtemp(path.join(tmpdir(), "loam-bundle-"));
  t.teardown(() => rm(top, { recursive: true, force: true }));
  const root = path.join(top, folder);
  await mkdir(path.join(root, "host-tools/part"), { recursive: true });
  await write(root, "package.json", `{ "type": "module" }`);
  await cp(path.join(loamRoot, "tsconfig.json"), path.join(root, "tsconfig.json"));
  await write(
    root,
    "host-tools/cli.ts",
    `import { text } from "./part/part.js";\nconsole.log(await text() as string);`,
  );
  await write(
    root,
    "host-tools/part/part.ts",
    `import { readFile } from "node:fs/promises";\nexport const text = () => readFile(new URL("text", import.meta.url), "utf8");`,
  );
  await write(root, "host-tools/part/text", "beside it");
  return root;
}

/** As if it was written a while ago, as sources are. */
async function write(root: string, name: string, content: string, secondsAgo = 60): Promise<void> {
  const file = path.join(root, name);
  await writeFile(file, content);
  const at = Date.now() / 1000 - secondsAgo;
  await utimes(file, at, at);
}

const run = async (file: string): Promise<string> => (await execa(process.execPath, [file])).stdout;

test("the command line is bundled once, and again when a source has changed", async (t) => {
  const root = await project(t);
  const first = (await bundledCli(root))!;
  t.is(await run(first), "beside it");
  t.is(await bundledCli(root), first);
  await write(root, "host-tools/part/part.ts", `export const text = () => "changed";`, 30);
  const second = (await bundledCli(root))!;
  t.not(second, first);
  t.is(await run(second), "changed");
  t.is(await run(first), "beside it", "for those that run still");
});

test("processes that begin at once make bundles that work, of which one is kept", async (t) => {
  const root = await project(t);
  const made = await Promise.all([1, 2, 3].map(() => bundledCli(root)));
  for (const file of made) t.is(await run(file!), "beside it");
  t.true(made.includes(await bundledCli(root)));
});

test("bundles of former sources are deleted a day later", async (t) => {
  const root = await project(t);
  const first = (await bundledCli(root))!;
  const yesterday = Date.now() / 1000 - 90_000;
  await utimes(path.dirname(first), yesterday, yesterday);
  await write(root, "host-tools/part/part.ts", `export const text = () => "changed";`, 30);
  const second = (await bundledCli(root))!;
  const place = path.dirname(path.dirname(second));
  t.deepEqual((await readdir(place)).sort(), [path.basename(path.dirname(second)), "index.json"].sort());
});

test("packages: ES modules are in the bundle, CommonJS is loaded as it is, and what npm installs makes a new bundle", async (t) => {
  const root = await project(t);
  const packages = path.join(root, "node_modules");
  for (const name of ["modern", "modern/lib", "old"]) await mkdir(path.join(packages, name), { recursive: true });
  await write(packages, "modern/package.json", `{ "type": "module", "exports": "./index.js" }`);
  await write(packages, "modern/index.js", `export { once } from "./lib/once.js"; export { number } from "old";`);
  await write(
    packages,
    "modern/lib/once.js",
    `globalThis.times = (globalThis.times ?? 0) + 1; export const once = times;`,
  );
  await write(packages, "old/package.json", `{ "main": "index.js" }`);
  await write(
    packages,
    "old/index.js",
    `module.exports = { number: 1, place: __filename, again: () => require("old") };`,
  );
  await write(packages, ".package-lock.json", "{}");
  await write(
    root,
    "host-tools/part/part.ts",
    [
      `import old, { number as own } from "old";`,
      `import { number, once } from "modern";`,
      `export const text = async () => JSON.stringify([once, number, own, old.place, old.again() === old, (await import("modern")).once]);`,
    ].join("\n"),
  );
  const wanted = (number: number) => [1, number, number, path.join(packages, "old/index.js"), true, 1];
  const first = (await bundledCli(root))!;
  t.deepEqual(JSON.parse(await run(first)), wanted(1));
  await write(packages, "modern/lib/once.js", "");
  t.deepEqual(JSON.parse(await run(first)), wanted(1), "without the package's own files");
  await write(packages, "modern/lib/once.js", `export const once = 1;`);
  await write(packages, ".package-lock.json", `{ "changed": true }`, 30);
  t.not(await bundledCli(root), first);
});

test("TypeScript is loaded where it is used, and not before", async (t) => {
  const root = await project(t);
  const own = path.join(root, "node_modules/typescript");
  await mkdir(own, { recursive: true });
  await write(own, "package.json", `{ "main": "index.js" }`);
  await write(own, "index.js", `globalThis.isLoaded = true; exports.version = "of the package";`);
  await write(
    root,
    "host-tools/part/part.ts",
    `import ts from "typescript";\nexport const text = () => JSON.stringify([globalThis.isLoaded ?? false, ts.version, globalThis.isLoaded]);`,
  );
  t.deepEqual(JSON.parse(await run((await bundledCli(root))!)), [false, "of the package", true]);
});

test("without a bundle where none can be made: an installed package, a source with a fault or just written", async (t) => {
  t.is(await bundledCli(await project(t, "node_modules/loam")), undefined);
  const faulty = await project(t);
  await write(faulty, "host-tools/cli.ts", "const = 1;");
  t.is(await bundledCli(faulty), undefined);
  const fresh = await project(t);
  await write(fresh, "host-tools/cli.ts", `console.log("now");`, -3600);
  t.is(await bundledCli(fresh), undefined);
});

test("without a bundle where nothing can be written", async (t) => {
  const root = await project(t);
  // Root may write everywhere: a file is in the way then.
  await writeFile(path.join(root, "build"), "");
  await chmod(root, 0o555);
  t.is(await bundledCli(root), undefined);
  await chmod(root, 0o755);
});
