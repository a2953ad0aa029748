/**
 * loam's own code as JavaScript, for a checkout: made once, and again when a source has changed. Node then loads neither some hundred modules with a
 * translation of each nor the many files of packages: most of the time that a short command takes.
 */
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** ms after which a bundle that is not in use any more is deleted; a process may load parts of it late. */
const kept = 86_400_000;

/** What tells whether a source has changed. */
const stamp = (file) => {
  const { mtimeMs, size } = statSync(file);
  return `${mtimeMs} ${size}`;
};

/** The bundle of these sources; undefined: there is none. */
function existing(root, index) {
  try {
    const { folder, sources } = JSON.parse(readFileSync(index, "utf8"));
    for (const [source, known] of Object.entries(sources))
      if (stamp(path.resolve(root, source)) !== known) return undefined;
    const entry = path.join(path.dirname(index), folder, "cli.js");
    statSync(entry);
    return entry;
  } catch {
    return undefined;
  }
}

const place = "loamModulePlace";

/** A module's own place stays that of its source, beside which its files are. */
const ownPlace = {
  name: "own-place",
  setup(build) {
    build.onLoad({ filter: /\.m?[jt]sx?$/ }, async ({ path: file }) => {
      const text = await readFile(file, "utf8");
      if (!text.includes("import.meta.url")) return undefined;
      const code = text.replace(/^#!.*/, "");
      const contents = `const ${place} = ${JSON.stringify(pathToFileURL(file).href)}; ${code}`;
      return { contents, loader: path.extname(file).slice(1).replace(/^m/, "") };
    });
  },
};

/** Packages that stay Node's to load: their modules must be there once a process, whoever imports them. */
const ofNode = new Set(["ava", "tsx"]);

/** Packages of CommonJS that take long to load, and that most commands do not use although a part of theirs may. Their default import is all that we use. */
const late = new Set(["typescript"]);

const isBuiltIn = (name) => name.startsWith("node:") || builtinModules.includes(name);
const packageOf = (name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)[0];

/** Whether Node takes a file for CommonJS. */
function isCommonJs(file) {
  if (/\.(?:cjs|json|node)$/.test(file)) return true;
  if (!file.endsWith(".js")) return false;
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    try {
      return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")).type !== "module";
    } catch (error) {
      if (error.code !== "ENOENT" || path.dirname(folder) === folder) throw error;
    }
  }
}

/**
 * Packages of ES modules become part of the bundle: some have a hundred files. Those of CommonJS are required, as `import` makes Node read each twice: for
 * what it exports, and for whether it is not an ES module after all.
 */
const packages = {
  name: "packages",
  setup(build) {
    build.onResolve({ filter: /^/ }, async ({ path: name, pluginData, kind, ...place }) => {
      if (kind === "entry-point" || pluginData === packages) return undefined;
      if (/^\.|^\//.test(name) && !place.importer.split(path.sep).includes("node_modules")) return undefined;
      if (isBuiltIn(name) || ofNode.has(packageOf(name))) return { path: name, external: true };
      const found = await build.resolve(name, { ...place, kind, pluginData: packages });
      // An optional package that is not here: Node says so when it is asked for.
      if (found.errors.length > 0) return { path: name, external: true };
      if (!isCommonJs(found.path)) return found;
      // Only Node knows the names that a namespace of CommonJS has.
      return kind === "dynamic-import"
        ? { path: pathToFileURL(found.path).href, external: true }
        : { path: found.path, namespace: "required", pluginData: { isLate: late.has(name) } };
    });
    build.onLoad({ filter: /^/, namespace: "required" }, ({ path: file, pluginData: { isLate } }) => {
      const required = `loamRequire(${JSON.stringify(file)})`;
      return {
        contents: isLate
          ? `let it; module.exports = new Proxy({}, { get: (_, name) => (it ??= ${required})[name] });`
          : `module.exports = ${required};`,
      };
    });
  },
};

/**
 * Makes JavaScript of programs and their modules.
 * @param entries relative to `root`, loam's own folder
 * @param outdir a folder in `root`, from which Node finds its packages
 * @param outbase the folder, relative to `root`, that `outdir` stands for; default: the one that all entries share
 */
export async function bundle(root, entries, outdir, outbase) {
  const { build } = await import("esbuild");
  return await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir,
    outbase,
    tsconfig: "tsconfig.json",
    bundle: true,
    splitting: true,
    banner: {
      js: 'import { createRequire as loamCreateRequire } from "node:module"; const loamRequire = loamCreateRequire(import.meta.url);',
    },
    platform: "node",
    format: "esm",
    // As Node resolves, without esbuild's own condition.
    conditions: [],
    target: "node20",
    keepNames: true,
    sourcemap: true,
    metafile: true,
    logLevel: "silent",
    define: { "import.meta.url": place },
    plugins: [packages, ownPlace],
  });
}

/** Deletes the folders in `place` that nobody can be using any more, and not `folder`. */
export function removeOld(place, folder) {
  for (const name of readdirSync(place)) {
    const one = path.join(place, name);
    if (name !== folder && statSync(one).mtimeMs < Date.now() - kept) rmSync(one, { recursive: true, force: true });
  }
}

/** Written by npm whenever it has changed an installed package. */
const installed = path.join("node_modules", ".package-lock.json");

const maker = fileURLToPath(import.meta.url);

/** The files whose change makes a bundle old. */
function sourcesOf(root, { inputs }) {
  // What is required is read when it is.
  const bundled = Object.keys(inputs).filter((file) => !file.startsWith("required:"));
  const own = bundled.filter((file) => !file.startsWith("node_modules/"));
  return [
    "package.json",
    "tsconfig.json",
    maker,
    ...(existsSync(path.join(root, installed)) ? [installed, ...own] : bundled),
  ];
}

async function make(root, index) {
  const place = path.dirname(index);
  const folder = randomUUID();
  const outdir = path.join(place, folder);
  mkdirSync(outdir, { recursive: true });
  const began = Date.now();
  const { metafile } = await bundle(root, ["host-tools/cli.ts"], outdir);
  const sources = Object.fromEntries(sourcesOf(root, metafile).map((file) => [file, stamp(path.resolve(root, file))]));
  // Of one that has changed meanwhile it is not known which is in it.
  if (Object.values(sources).some((one) => Number.parseFloat(one) >= began)) return undefined;
  const written = path.join(outdir, "index.json");
  writeFileSync(written, JSON.stringify({ folder, sources }));
  renameSync(written, index);
  removeOld(place, folder);
  return path.join(outdir, "cli.js");
}

/**
 * @param root loam's own folder
 * @returns file of the command line as JavaScript; undefined: there is none, and none can be made
 */
export async function bundledCli(root) {
  // Package managers replace what they have installed, so nothing is stored there.
  if (root.split(path.sep).includes("node_modules")) return undefined;
  const index = path.join(root, "build", "bundle", "index.json");
  try {
    return existing(root, index) ?? (await make(root, index));
  } catch {
    // A folder that is read-only, or a source with a fault, which is then said of the source itself.
    return undefined;
  }
}
