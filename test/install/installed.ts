import { readFileSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { hashOf } from "../../host-tools/xs/builder/hash.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";

/** Another project's compiler options, which must not be taken for loam's. */
const otherOptions = {
  compilerOptions: { target: "ES5", experimentalDecorators: true, paths: { commander: ["./nothing"] } },
};

/** The packages of others that `npm install loam` installs, by the lock file; development packages are not among them. */
function dependencies(): string[] {
  const lock = JSON.parse(readFileSync(path.join(loamRoot, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean; link?: boolean }>;
  };
  return Object.entries(lock.packages)
    .filter(([place, { dev, link }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(place) && !dev && !link)
    .map(([place]) => place.slice("node_modules/".length));
}

const converter = "packages/tfjs-to-tflite";

/** npm pack of a folder, with its own scripts. @returns the tarball's path */
async function pack(folder: string, to: string, ...options: string[]): Promise<string> {
  const { stdout } = await execa("npm", ["pack", "--json", "--pack-destination", to, ...options], { cwd: folder });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  return path.join(to, filename);
}

/**
 * The converter's package as npm pack makes it, compiled; from a copy, as several tests do so at once.
 * @returns the tarball's path, in `top`
 */
export async function packConverter(top: string): Promise<string> {
  const copy = path.join(top, "converter");
  await cp(path.join(loamRoot, converter), path.join(copy, converter), {
    recursive: true,
    filter: (source) => !["dist", "node_modules"].includes(path.basename(source)),
  });
  for (const name of ["tsconfig.json", "LICENSE"]) await cp(path.join(loamRoot, name), path.join(copy, name));
  // host-tools: what makes its page.
  for (const name of ["node_modules", "host-tools"]) await symlink(path.join(loamRoot, name), path.join(copy, name));
  // The checkout's .npmrc lets no scripts of packages run; this one is our own.
  return pack(path.join(copy, converter), top, "--ignore-scripts=false");
}

export async function extract(tarball: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await execa("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"]);
}

/** The packed package in a folder, its dependencies linked beside it as pnpm does, so that nothing is fetched. */
async function unpack(tarball: string, folder: string, modules: string): Promise<void> {
  await extract(tarball, folder);
  for (const name of dependencies()) {
    const from = await realpath(path.join(loamRoot, "node_modules", name)).catch(() => undefined);
    const to = path.join(modules, name);
    await mkdir(path.dirname(to), { recursive: true });
    // Packages for other systems are in the lock file, but not here.
    if (from !== undefined) await symlink(from, to);
  }
}

export interface Installed {
  /** Another project, with loam in its node_modules. */
  project: string;
  /** loam in that project. */
  loam: string;
  /** A checkout that nobody may write to. */
  checkout: string;
  /** A folder that anybody may write to. */
  scratch: string;
  remove(): Promise<void>;
}

/** loam as npm pack makes it: installed in another project, and once more as a read-only checkout. */
export async function install(): Promise<Installed> {
  const top = await realpath(await mkdtemp(path.join(tmpdir(), "loam-install-")));
  await chmod(top, 0o755);
  const tarball = await pack(loamRoot, top, "--ignore-scripts");
  const project = path.join(top, "project");
  const modules = path.join(project, "node_modules");
  const loam = path.join(modules, "loam");
  await unpack(tarball, loam, modules);
  await extract(await packConverter(top), path.join(modules, "tfjs-to-tflite"));
  await mkdir(path.join(modules, ".bin"));
  await symlink("../loam/host-tools/bin/loam.js", path.join(modules, ".bin/loam"));
  await symlink("../typescript/bin/tsc", path.join(modules, ".bin/tsc"));
  await chmod(path.join(loam, "host-tools/bin/loam.js"), 0o755);
  await writeFile(
    path.join(project, "package.json"),
    JSON.stringify({ name: "other", private: true, dependencies: { loam: `file:../${path.basename(tarball)}` } }),
  );
  await writeFile(path.join(project, "tsconfig.json"), JSON.stringify(otherOptions));
  const checkout = path.join(top, "checkout");
  await cp(loam, checkout, { recursive: true });
  await symlink(modules, path.join(checkout, "node_modules"));
  for (const folder of [loam, checkout]) await execa("chmod", ["-R", "a-w", folder]);
  const scratch = path.join(top, "scratch");
  await mkdir(scratch);
  await chmod(scratch, 0o777);
  return {
    project,
    loam,
    checkout,
    scratch,
    async remove() {
      await execa("chmod", ["-R", "u+w", top]);
      await rm(top, { recursive: true });
    },
  };
}

/** Puts what this checkout has compiled into another cache, which anybody may write to: the same code is not compiled again. @param cache LOAM_BUILD, or loam's folder of the user's cache */
export async function seedCache(cache: string): Promise<void> {
  const objects = path.join(buildRoot, "xs/objects");
  const place = path.join(cache, "xs/objects");
  await mkdir(place, { recursive: true });
  for (const folder of [cache, path.dirname(place), place]) await chmod(folder, 0o777);
  const names = await readdir(objects).catch(() => []);
  // Objects being written have longer names.
  for (const name of names.filter((name) => name.endsWith(".o")))
    await cp(path.join(objects, name), path.join(place, name));
}

/** Everything in a folder, by name, time and content. */
export async function fingerprint(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).sort();
  const parts: string[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const { mtimeMs } = await stat(file);
    const isFile = (await stat(file)).isFile();
    parts.push(name, String(mtimeMs), isFile ? hashOf(await readFile(file)) : "");
  }
  return hashOf(...parts);
}

/** Root may write anywhere, so commands run as the user "nobody" where that user can read what they need. */
export async function nobody(folder: string): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = { uid: 65534, gid: 65534 };
  const program = path.join(folder, "host-tools/bin/loam.js");
  const { failed } = await execa(process.execPath, [program, "--help"], { ...id, cwd: folder, reject: false });
  return failed ? undefined : id;
}
