// Slow: starts the command line a dozen times
import test from "ava";
import { execa } from "execa";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { loamRoot } from "../../host-tools/lib/paths.js";

const tools = path.join("build/bin", process.platform === "darwin" ? "mac" : "lin", "release");

/** A folder that looks like the SDK as far as these files go; mcconfig says with what it was called. */
async function sdk(t: { teardown(call: () => Promise<void>): void }, isBuilt: boolean): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), "loam-sdk-"));
  t.teardown(() => rm(root, { recursive: true }));
  await mkdir(path.join(root, "tools"), { recursive: true });
  await writeFile(path.join(root, "tools/mcconfig.js"), "");
  if (isBuilt) {
    await mkdir(path.join(root, tools), { recursive: true });
    await writeFile(path.join(root, tools, "mcconfig"), '#!/bin/sh\necho "mcconfig $*"\ntest "$FAIL" = "" || exit 3\n');
    await chmod(path.join(root, tools, "mcconfig"), 0o755);
  }
  return root;
}

async function device(args: string[], env: Record<string, string | undefined>) {
  const inherited = (process.env["PATH"] ?? "").split(":").filter((directory) => !directory.includes("moddable"));
  return await execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), "device", ...args], {
    env: { PATH: inherited.join(":"), MODDABLE: undefined, IDF_PATH: undefined, ...env },
    reject: false,
  });
}

test("without $MODDABLE: the command that fetches the SDK", async (t) => {
  const { exitCode, stderr } = await device(["lin"], {});
  t.is(exitCode, 2);
  t.regex(stderr, /\$MODDABLE is not set[^]*Install it with:\n {2}git clone .*moddable/);
});

test("an SDK whose tools are not built: the command that builds them", async (t) => {
  const root = await sdk(t, false);
  const { exitCode, stderr } = await device(["lin"], { MODDABLE: root });
  t.is(exitCode, 2);
  t.true(stderr.includes(`make -C "${root}/build/makefiles/`), stderr);
});

test("esp32 without ESP-IDF: the command that fetches it", async (t) => {
  const { exitCode, stderr } = await device(["esp32/esp32c3"], { MODDABLE: await sdk(t, true) });
  t.is(exitCode, 2);
  t.regex(stderr, /\$IDF_PATH is not set[^]*git clone .*esp-idf/);
});

test("a platform with another chip than the description's is refused, because the pins were checked for that chip", async (t) => {
  const root = await sdk(t, true);
  await writeFile(path.join(root, "export.sh"), "");
  const env = { MODDABLE: root, IDF_PATH: root };
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
    mcconfig: "-d -m -p lin -o /tmp/out key=value other.json",
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
