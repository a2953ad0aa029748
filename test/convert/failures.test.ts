// Slow: a process for each case
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync, existsSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { mounting, needs } from "../helpers/needs.js";
import { at, folder, loam, run } from "./conversions.js";

needs(mounting)("a full disk is named, and no half-written file stays", async (t) => {
  const disk = at("disk");
  const script = `mkdir ${disk} && mount -t tmpfs -o size=16k none ${disk} && node ${loam} convert ${at("model")} -c ${at("samples.npy")} --out ${disk}/net; code=$?; ls -A ${disk}; exit $code`;
  const result = await execa("unshare", ["-rm", "sh", "-c", script], { reject: false });
  t.is(result.exitCode, 1);
  t.regex(result.stderr, /cannot write .*net\.c: the disk is full \(\d+ bytes needed\)/);
  t.is(result.stdout, "");
});

test("a file size limit is named, and the old files stay as they were", async (t) => {
  for (const end of ["tflite", "c", "h", "json"]) writeFileSync(at(`kept.${end}`), "old");
  const result = await execa(
    "bash",
    ["-c", `ulimit -f 8; exec node ${loam} convert ${at("model")} -c ${at("samples.npy")} --force --out ${at("kept")}`],
    { reject: false },
  );
  t.is(result.exitCode, 1);
  t.regex(result.stderr, /cannot write .*kept\.c: the file may not grow to \d+ bytes here/);
  t.deepEqual(
    readdirSync(folder)
      .filter((name) => name.includes("kept"))
      .map((name) => readFileSync(at(name), "utf8")),
    ["old", "old", "old", "old"],
  );
});

test("NODE_DEBUG=loam shows where an error came from, above its sentence", async (t) => {
  const { stderr } = await execa(process.execPath, [loam, "convert", at("nothing"), "--float"], {
    reject: false,
    env: { NODE_DEBUG: "loam" },
  });
  t.regex(stderr, /^LOAM \d+: UserError: .*nothing.*\n +at [^]*\nloam: .*nothing/);
});

test("a folder that cannot be made is named", async (t) => {
  const { code, stderr } = await run("convert", at("model"), "--float", "--out", "/proc/no/such/net");
  t.is(code, 1);
  t.regex(
    stderr,
    /cannot write \/proc\/no\/such\/net\.tflite: its folder does not exist and cannot be created|not permitted|permission denied|read-only/,
  );
  const inFile = await run("convert", at("model"), "--float", "--out", at("samples.f32", "net"));
  t.is(inFile.code, 1);
  t.regex(inFile.stderr, /cannot write .*net\.tflite: a part of the path is a file, not a folder/);
});

test("a folder where one of the files should go: none of the others is written", async (t) => {
  writeFileSync(at("blocked.tflite"), "old");
  mkdirSync(at("blocked.c"));
  const { code, stderr } = await run("convert", at("model"), "--float", "--force", "--out", at("blocked"));
  t.is(code, 1);
  t.regex(stderr, /cannot write .*blocked\.c: that is a folder/);
  t.is(readFileSync(at("blocked.tflite"), "utf8"), "old");
  t.deepEqual(
    readdirSync(folder)
      .filter((name) => name.includes("blocked"))
      .sort(),
    ["blocked.c", "blocked.tflite"],
  );
});

test("killed in the middle of writing, the old file is still whole", async (t) => {
  const target = at("killed", "big.bin");
  const module = path.join(loamRoot, "host-tools/lib/outputs.ts");
  const script = `import { writeOutputs } from ${JSON.stringify(module)}; await writeOutputs([[${JSON.stringify(target)}, "old"]]); console.log("ready"); await writeOutputs([[${JSON.stringify(target)}, Buffer.alloc(3e8, 1)]]);`;
  const child = spawn("node", ["--import", "tsx", "--input-type=module", "-e", script], {
    cwd: loamRoot,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const closed = new Promise((resolve) => child.once("close", resolve));
  while (child.exitCode === null && !readdirSync(at("killed")).some((name) => name.endsWith(".tmp")))
    await new Promise((resolve) => setTimeout(resolve, 1));
  child.kill("SIGKILL");
  await closed;
  t.true(existsSync(target));
  t.is(readFileSync(target, "utf8"), "old");
});
