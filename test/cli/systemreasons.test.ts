import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { constants as os } from "node:os";
import path from "node:path";
import test from "ava";
import { systemFailure } from "../../host-tools/lib/errors.js";
import { readUserFile, readUserFolder, writeFileAtomic } from "../../host-tools/lib/files.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";

const folder = path.join(buildRoot, "test", `systemreasons-${process.pid}`);
const at = (name: string) => path.join(folder, name);

test.before(() => {
  mkdirSync(at("folder"), { recursive: true });
  writeFileSync(at("file"), "x");
  symlinkSync("circle", at("circle"));
});

const long = "x".repeat(300);

/** What is asked for, and what the message says after the name. */
const reads: [name: string, reason: string][] = [
  ["missing", "there is no such file or folder"],
  ["folder", "that is a folder"],
  ["file/below", "a part of the path is a file, not a folder"],
  ["circle", "its links form a loop, or are too many"],
  [long, "its name is too long"],
];

test("a file that cannot be read: every reader gives the same message", async (t) => {
  for (const [name, reason] of reads) {
    await t.throwsAsync(readUserFile(at(name), "the model"), {
      name: "UserError",
      message: `cannot read the model ${at(name)}: ${reason}`,
    });
    const raw = t.throws(() => readFileSync(at(name)));
    // Reading a folder fails after it was opened, without its name.
    if (name !== "folder") t.is(systemFailure(raw)?.message, `${at(name)}: ${reason}`);
  }
  await t.throwsAsync(readUserFolder(at("missing"), "the recordings"), {
    message: `cannot read the recordings ${at("missing")}: there is no such file or folder`,
  });
  await t.throwsAsync(readUserFolder(at("file"), "the recordings"), { message: /is a file, a folder expected$/ });
});

test("a file that cannot be written: the message says what is wrong with its place", async (t) => {
  for (const [name, reason] of [
    ["folder", "that is a folder"],
    ["file/below", "a part of the path is a file, not a folder"],
    ["file/far/below", "a part of the path is a file, not a folder"],
    [long, "its name is too long"],
  ] as const)
    await t.throwsAsync(writeFileAtomic(at(name), "y"), {
      name: "UserError",
      message: `cannot write ${at(name)}: ${reason}`,
    });
  t.is(readFileSync(at("file"), "utf8"), "x");
});

test("an error whose code is not a system error keeps its text; one without a file is passed on", (t) => {
  const strange = Object.assign(new Error("EXYZ: strange"), { code: "EXYZ", path: "a", syscall: "open" });
  t.is(systemFailure(strange)?.message, "a: EXYZ: strange");
  const inherited = Object.assign(new Error("odd"), { code: "toString", path: "a", syscall: "open" });
  t.is(systemFailure(inherited)?.message, "a: odd");
  t.is(systemFailure(new Error("odd")), undefined);
});

test("there is one table of the system's error codes", (t) => {
  const sources = ["host-tools", "packages/tfjs-to-tflite/src"].flatMap((folder) =>
    readdirSync(path.join(loamRoot, folder), { recursive: true, encoding: "utf8" }).map((file) =>
      path.join(folder, file),
    ),
  );
  const codes = [...Object.keys(os.errno), "ENOTFOUND", "EAI_AGAIN"].join("|");
  const entry = new RegExp(`^\\s*(${codes}): `, "m");
  const tables = sources.filter(
    (file) => file.endsWith(".ts") && entry.test(readFileSync(path.join(loamRoot, file), "utf8")),
  );
  t.deepEqual(tables, ["packages/tfjs-to-tflite/src/lib/systemreasons.ts"]);
});
