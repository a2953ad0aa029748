// Slow: starts the command line a dozen times
import test from "ava";
import { execa } from "execa";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { existsSync } from "node:fs";
import path from "node:path";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { exampleNode } from "../../host-tools/node/nodeFolder.js";
import { withValues } from "../node/descriptions.js";

const tools = path.join("build/bin", process.platform === "darwin" ? "mac" : "lin", "release");

/** A folder that looks like the SDK as far as these files go; mcconfig says with what it was called. */
async function sdk(t: { teardown(call: () => Promise<void>): void }, isBuilt: boolean): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), "loam-sdk-"));
  t.teardown(() => rm(root, { recursive: true }));
  await mkdir(path.join(root, "tools"), { recursive: true });
  await writeFile(path.join(root, "tools/mcconfig.js"), "");
  if (isBuilt) {
    await mkdir(path.join(root, tools), { recursive: true });
    await writeFile(
      path.join(root, tools, "mcconfig"),
      '#!/bin/sh\necho "mcconfig $*"\necho "LOAM_NODE_CONFIG=$LOAM_NODE_CONFIG"\ntest "$FAIL" = "" || exit 3\n',
    );
    await chmod(path.join(root, tools, "mcconfig"), 0o755);
  }
  return root;
}

/** A folder with these programs, for PATH: the fewest that the command line needs, and those that a test names. */
async function programs(t: { teardown(call: () => Promise<void>): void }, ...names: string[]): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-path-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await symlink(process.execPath, path.join(folder, "node"));
  await symlink("/bin/sh", path.join(folder, "sh"));
  for (const name of names) await writeFile(path.join(folder, name), "#!/bin/sh\n", { mode: 0o755 });
  return folder;
}

/** What building for an ESP32 takes. */
async function idf(t: { teardown(call: () => Promise<void>): void }): Promise<Record<string, string>> {
  const root = await sdk(t, true);
  await writeFile(path.join(root, "export.sh"), "");
  return { MODDABLE: root, IDF_PATH: root, PATH: await programs(t, "python", "idf.py") };
}

async function device(args: string[], env: Record<string, string | undefined>, cwd = loamRoot) {
  const inherited = (process.env["PATH"] ?? "").split(":").filter((directory) => !directory.includes("moddable"));
  return await execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), "device", ...args], {
    env: { PATH: inherited.join(":"), MODDABLE: undefined, IDF_PATH: undefined, ...env },
    cwd,
    reject: false,
  });
}

test("without $MODDABLE: the command that fetches the SDK", async (t) => {
  const { exitCode, stderr } = await device(["lin"], {});
  t.is(exitCode, 2);
  t.regex(stderr, /\$MODDABLE is not set[^]*Install it with:\n {2}npx xs-dev setup --release 8\.2\.3 && /);
});

test("an SDK whose tools are not built: the command that builds them", async (t) => {
  const root = await sdk(t, false);
  const { exitCode, stderr } = await device(["lin"], { MODDABLE: root });
  t.is(exitCode, 2);
  t.true(stderr.includes(`make -C "${root}/build/makefiles/`), stderr);
});

test("esp32 without ESP-IDF: the command that installs it", async (t) => {
  const { exitCode, stderr } = await device(["esp32/esp32c3"], { MODDABLE: await sdk(t, true) });
  t.is(exitCode, 2);
  t.regex(stderr, /\$IDF_PATH is not set[^]*Install it with:\n {2}npx xs-dev setup --device esp32 && /);
});

test("esp32 without Python, and in a terminal without ESP-IDF's tools", async (t) => {
  const env = await idf(t);
  const python = await device(["esp32"], { ...env, PATH: await programs(t, "idf.py") });
  t.is(python.exitCode, 2);
  t.regex(
    python.stderr,
    /^loam: python, .* is not installed\. Install it with:\n {2}npx xs-dev setup --device esp32 && /,
  );
  const tools = await device(["esp32"], { ...env, PATH: await programs(t, "python") });
  t.is(tools.exitCode, 2);
  t.is(
    tools.stderr,
    `loam: idf.py is not in the PATH of this terminal. Put it there with:\n  . "${env["IDF_PATH"]}/export.sh"`,
  );
});

test("--monitor without what the SDK's xsbug-log depends on: the command that installs it", async (t) => {
  const env = await idf(t);
  const { exitCode, stderr } = await device(["esp32", "--monitor"], env);
  t.is(exitCode, 2);
  t.true(stderr.endsWith(`npm install --prefix "${env["MODDABLE"]}/tools/xsbug-log"`), stderr);
});

/** A node's folder with a description that names a board, and a manifest. */
async function node(t: { teardown(call: () => Promise<void>): void }, manifest: object): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-node-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const bare = { "radio.board": undefined, actuators: [], "app.rules": {} };
  const wired = Object.fromEntries([0, 1, 2, 3].map((index) => [`sensors.${index}.hardware`, undefined]));
  const description = withValues({ board: "heltec-v3", ...bare, ...wired });
  await writeFile(path.join(folder, "node.config.json"), JSON.stringify(description));
  await writeFile(path.join(folder, "manifest.json"), JSON.stringify(manifest));
  await cp(exampleNode.network, path.join(folder, "model"), { recursive: true });
  return folder;
}

const data = { "*": "$(LOAM_NODE_CONFIG)" };
const platforms = { esp32: { include: "./sensors.json" } };

test("a board is built as a platform of loam's, with the description that its table completes", async (t) => {
  const env = await idf(t);
  const folder = await node(t, { data, platforms });
  await mkdir(path.join(env["MODDABLE"]!, "tools/xsbug-log/node_modules"), { recursive: true });
  for (const args of [["heltec-v3"], [], ["--monitor"]]) {
    const { exitCode, stdout, stderr } = await device(args, env, folder);
    t.is(exitCode, 0, stderr);
    const debug = args.includes("--monitor") ? "-dl" : "-d";
    t.regex(stdout, new RegExp(`^mcconfig ${debug} -m -p esp32:\\./device/boards/heltec-v3 .*/manifest\\.json$`, "m"));
    const [, file] = /^LOAM_NODE_CONFIG=(.*)$/m.exec(stdout)!;
    const built = JSON.parse(await readFile(file!, "utf8")) as { radio: unknown };
    t.like(built, {
      chip: "esp32s3",
      radio: { board: { chip: "sx1262", pins: { busy: 13, spi: 2 }, tcxoVoltage: 1.8 } },
    });
    t.true(existsSync(path.join(folder, "build/firmware/node.config.json")));
  }
  t.is(
    (await device(["--check"], env, folder)).stdout,
    `The Moddable SDK at ${env["MODDABLE"]} can build for heltec-v3.`,
  );
});

test("--monitor shows a log line by line, and what is in it does nothing to the terminal", async (t) => {
  const env = await idf(t);
  await mkdir(path.join(env["MODDABLE"]!, "tools/xsbug-log/node_modules"), { recursive: true });
  const mcconfig = path.join(env["MODDABLE"]!, tools, "mcconfig");
  // Sets the title, moves up and clears, turns the text's direction, goes back to the line's start; and text that is none of that.
  const log = String.raw`a\033]0;title\007b\033[2A\033[Jc\302\233d\342\200\256e\rf\nSensor:\t23 °C — ok\r\nlast`;
  await writeFile(mcconfig, `#!/bin/sh\nprintf '${log}'\nprintf '${log}' >&2\n`);
  await chmod(mcconfig, 0o755);
  const shown = await device(["esp32", "--monitor"], env);
  const lines = String.raw`a\u001b]0;title\u0007b\u001b[2A\u001b[Jc\u009bd\u202ee\u000df`;
  for (const text of [shown.stdout, shown.stderr]) {
    t.true(text.includes(`${lines}\nSensor:\t23 °C — ok\r\nlast`), text);
    t.notRegex(text.replaceAll("\r\n", "\n"), /[^\P{Cc}\n\t]|\p{Cf}/u);
  }
});

test("a firmware with two slots whose description has no public key: it is said before it is built", async (t) => {
  const env = await idf(t);
  const folder = await node(t, { data, platforms });
  const said = /^warning: the flash has 2 slots for the firmware, but the description has no updates\.publicKey: /m;
  // 8 MB: two slots in a debug build, too.
  for (const args of [[], ["--release", "--target", "build"]]) t.regex((await device(args, env, folder)).stderr, said);
  t.notRegex((await device(["--target", "clean"], env, folder)).stderr, said);
  const file = path.join(folder, "node.config.json");
  const description = JSON.parse(await readFile(file, "utf8")) as object;
  await writeFile(file, JSON.stringify({ ...description, updates: { publicKey: "ab".repeat(32) } }));
  const keyed = await device(["--release", "--target", "build"], env, folder);
  t.is(keyed.exitCode, 0, keyed.stderr);
  t.notRegex(keyed.stderr, /publicKey/);
  // 4 MB: a debug build has one slot.
  t.notRegex((await device(["esp32"], env)).stderr, said);
  t.regex((await device(["esp32", "--release"], env)).stderr, said);
});

test("another board than the description's is refused, and a manifest that embeds the description as it stands", async (t) => {
  const env = await idf(t);
  const other = await device(["lilygo-t3"], env, await node(t, { data, platforms }));
  t.is(other.exitCode, 1);
  t.regex(other.stderr, /^loam: lilygo-t3 is not the board of the node description, which has "board": "heltec-v3"/);
  const none = await device(["lilygo-t3"], env);
  t.regex(none.stderr, /^loam: the node description has no "board": add "board": "lilygo-t3" to it/);
  const unsaid = await device([], env);
  t.regex(unsaid.stderr, /^loam: the node description has no "board", so it must be said here: heltec-v3, /);
  const embedded = await device([], env, await node(t, { data: { "*": "./node.config.json" }, platforms }));
  t.is(embedded.exitCode, 1);
  t.regex(embedded.stderr, /^loam: manifest\.json does not have "\$\(LOAM_NODE_CONFIG\)" in "data"/);
});

test("a platform with another chip than the description's is refused, because the pins were checked for that chip", async (t) => {
  const env = await idf(t);
  const other = await device(["esp32/esp32c3"], env);
  t.is(other.exitCode, 1);
  t.regex(other.stderr, /^loam: esp32\/esp32c3 is for the chip esp32c3, .* "chip": "esp32"/);
  for (const platform of ["esp32", "esp32/heltec_lora_32"])
    t.regex((await device([platform], env)).stdout, /^mcconfig -d/m);
});

// Command line of loam device, and what mcconfig is to be called with.
const calls: { args: string[]; mcconfig: string }[] = [
  { args: ["lin"], mcconfig: `-d -m -p lin ${loamRoot}/manifest.json` },
  { args: ["lin", "--release", "--target", "build"], mcconfig: `-m -p lin -t build ${loamRoot}/manifest.json` },
  {
    args: ["lin", "--manifest", "other.json", "--output", "/tmp/out", "key=value"],
    mcconfig: `-d -m -p lin -o /tmp/out key=value ${loamRoot}/other.json`,
  },
];

for (const { args, mcconfig } of calls) {
  test(`loam device ${args.join(" ")} calls mcconfig ${mcconfig}`, async (t) => {
    const { exitCode, stdout, stderr } = await device(args, { MODDABLE: await sdk(t, true) });
    t.is(exitCode, 0, stderr);
    t.true(stdout.includes(`mcconfig ${mcconfig}`), stdout);
  });
}

test("loam device fails when mcconfig does", async (t) => {
  const { exitCode, stderr } = await device(["lin"], { MODDABLE: await sdk(t, true), FAIL: "1" });
  t.is(exitCode, 1);
  t.regex(stderr, /mcconfig .* failed \(exit 3\)/);
});
