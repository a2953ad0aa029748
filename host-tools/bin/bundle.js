/**
 * loam's own code as JavaScript, for a checkout: made once, and again when a source has changed. Node then loads some hundred modules without a translation of
 * each, which is half of the time that a short command takes.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

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
      if (stamp(path.join(root, source)) !== known) return undefined;
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
    build.onLoad({ filter: /\.[jt]sx?$/ }, async ({ path: file }) => {
      const text = await readFile(file, "utf8");
      if (!text.includes("import.meta.url")) return undefined;
      const contents = `const ${place} = ${JSON.stringify(pathToFileURL(file).href)}; ${text}`;
      return { contents, loader: path.extname(file).slice(1) };
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
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    keepNames: true,
    sourcemap: true,
    metafile: true,
    logLevel: "silent",
    define: { "import.meta.url": place },
    plugins: [ownPlace],
  });
}

/** Deletes the folders in `place` that nobody can be using any more, and not `folder`. */
export function removeOld(place, folder) {
  for (const name of readdirSync(place)) {
    const one = path.join(place, name);
    if (name !== folder && statSync(one).mtimeMs < Date.now() - kept) rmSync(one, { recursive: true, force: true });
  }
}

async function make(root, index) {
  const place = path.dirname(index);
  const folder = randomUUID();
  const outdir = path.join(place, folder);
  mkdirSync(outdir, { recursive: true });
  const began = Date.now();
  const { metafile } = await bundle(root, ["host-tools/cli.ts"], outdir);
  const sources = Object.fromEntries(
    ["package.json", "tsconfig.json", ...Object.keys(metafile.inputs)].map((file) => [
      file,
      stamp(path.join(root, file)),
    ]),
  );
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
