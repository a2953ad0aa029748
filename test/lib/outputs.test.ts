import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import test from "ava";
import { writeFileAtomic, writeFileAtomicSync } from "../../host-tools/lib/files.js";
import { writeOutputs } from "../../host-tools/lib/outputs.js";
import { devices, needs } from "../helpers/needs.js";
import { buildRoot } from "../../host-tools/lib/paths.js";

const folder = path.join(buildRoot, "test", `outputs-${process.pid}`);
const at = (...names: string[]) => path.join(folder, ...names);
const text = (file: string) => readFileSync(file, "utf8");

test.before(() => mkdirSync(folder, { recursive: true }));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** The ways to write a file that replaces another. */
const writers: [name: string, write: (file: string, data: string) => void | Promise<void>][] = [
  ["writeFileAtomic", writeFileAtomic],
  ["writeFileAtomicSync", writeFileAtomicSync],
];

for (const [name, write] of writers) {
  const place = (...names: string[]) => at(name, ...names);
  test.before(() => mkdirSync(place(), { recursive: true }));

  test(`${name}: a new file, and another in its place`, async (t) => {
    await write(place("plain"), "old");
    const before = statSync(place("plain")).ino;
    await write(place("plain"), "new");
    t.is(text(place("plain")), "new");
    // A different file (inode): a process with the old one open keeps reading the old contents.
    t.not(statSync(place("plain")).ino, before);
  });

  test(`${name}: a symbolic link stays, and its target is replaced`, async (t) => {
    mkdirSync(place("far"));
    writeFileSync(place("far/target"), "old");
    symlinkSync("far/target", place("link"));
    symlinkSync("link", place("second"));
    const before = statSync(place("far/target")).ino;
    await write(place("second"), "new");
    t.is(readlinkSync(place("second")), "link");
    t.is(readlinkSync(place("link")), "far/target");
    t.true(lstatSync(place("far/target")).isFile());
    t.is(text(place("far/target")), "new");
    t.not(statSync(place("far/target")).ino, before);
    t.deepEqual(readdirSync(place("far")), ["target"]);
  });

  test(`${name}: a dangling symbolic link stays, and its target is created`, async (t) => {
    mkdirSync(place("later"));
    symlinkSync("later/target", place("early"));
    await write(place("early"), "new");
    t.true(lstatSync(place("early")).isSymbolicLink());
    t.is(text(place("later/target")), "new");
  });

  test(`${name}: a symbolic link to a folder in the path`, async (t) => {
    mkdirSync(place("real"));
    symlinkSync("real", place("way"));
    await write(place("way/file"), "new");
    t.true(lstatSync(place("way")).isSymbolicLink());
    t.is(text(place("real/file")), "new");
  });

  test(`${name}: a FIFO stays a FIFO, and its reader gets everything`, async (t) => {
    execFileSync("mkfifo", [place("fifo")]);
    symlinkSync("fifo", place("to-fifo"));
    for (const file of ["fifo", "to-fifo"]) {
      // In a thread: opening a FIFO blocks until the other end is opened.
      const reading = readFile(place("fifo"), "utf8");
      await new Promise((resolve) => setTimeout(resolve, 200));
      await write(place(file), "through");
      t.is(await reading, "through");
      t.true(lstatSync(place("fifo")).isFIFO());
    }
    t.true(lstatSync(place("to-fifo")).isSymbolicLink());
  });

  test(`${name}: the longest possible file name`, async (t) => {
    const longest = "n".repeat(255);
    mkdirSync(place("long"));
    await write(place("long", longest), "old");
    await write(place("long", longest), "new");
    t.is(text(place("long", longest)), "new");
    t.deepEqual(readdirSync(place("long")), [longest]);
  });

  test(`${name}: neighbouring files stay, whatever their names`, async (t) => {
    mkdirSync(place("beside"));
    for (const end of [".new", ".tmp", ".old"]) writeFileSync(place("beside", `file${end}`), end);
    await write(place("beside/file"), "new");
    t.deepEqual(
      readdirSync(place("beside")).map((each) => [each, text(place("beside", each))]),
      [
        ["file", "new"],
        ["file.new", ".new"],
        ["file.old", ".old"],
        ["file.tmp", ".tmp"],
      ],
    );
  });

  test(`${name}: a folder is refused and stays`, async (t) => {
    mkdirSync(place("folder"));
    await t.throwsAsync(async () => write(place("folder"), "new"));
    t.deepEqual(readdirSync(place("folder")), []);
  });
}

test("a replaced file keeps its permissions", async (t) => {
  writeFileSync(at("secret"), "old");
  chmodSync(at("secret"), 0o600);
  await writeFileAtomic(at("secret"), "new");
  t.is(statSync(at("secret")).mode & 0o777, 0o600);
  t.is(text(at("secret")), "new");
});

needs(devices)("a device stays a device", async (t) => {
  execFileSync("mknod", [at("null"), "c", "1", "3"]);
  await writeFileAtomic(at("null"), "gone");
  t.true(lstatSync(at("null")).isCharacterDevice());
  t.deepEqual(
    readdirSync(folder).filter((name) => name.includes("null")),
    ["null"],
  );
});

test("a socket: the listener gets everything; an abandoned one is an error that names it", async (t) => {
  // The path of a socket may be no longer than 107 bytes.
  const place = path.relative(process.cwd(), at("socket"));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(place, resolve));
  const heard = new Promise<string>((resolve) =>
    server.once("connection", (connection) => {
      let all = "";
      connection.on("data", (chunk: Buffer) => (all += chunk.toString()));
      connection.on("end", () => {
        connection.end();
        resolve(all);
      });
    }),
  );
  await writeFileAtomic(place, "into the socket");
  t.is(await heard, "into the socket");
  t.teardown(() => server.close());
  t.true(lstatSync(place).isSocket());
  const kill = `require("net").createServer().listen(${JSON.stringify(`${place}2`)}, () => process.kill(process.pid, "SIGKILL"))`;
  t.throws(() => execFileSync("node", ["-e", kill], { stdio: "ignore" }));
  t.true(existsSync(`${place}2`));
  await t.throwsAsync(writeFileAtomic(`${place}2`, "x"), {
    message: `cannot write ${place}2: no process listens on that socket`,
  });
});

test("contents from a generator", async (t) => {
  function* chunks() {
    for (let i = 0; i < 100; i++) yield Buffer.alloc(1000, i);
  }
  await writeOutputs([[at("chunked"), { bytes: 100_000, chunks }]]);
  const written = readFileSync(at("chunked"));
  t.is(written.length, 100_000);
  t.true(written.every((byte, i) => byte === Math.floor(i / 1000)));
});

test("a generator that throws half-way: nothing is changed, nothing is left behind", async (t) => {
  mkdirSync(at("half"));
  writeFileSync(at("half/a"), "old");
  writeFileSync(at("half/b"), "old");
  function* chunks() {
    yield Buffer.from("new");
    throw new Error("no more");
  }
  await t.throwsAsync(
    writeOutputs([
      [at("half/a"), "new"],
      [at("half/b"), { bytes: 6, chunks }],
    ]),
    { message: /cannot write .*b: no more/ },
  );
  t.deepEqual(
    readdirSync(at("half")).map((name) => text(at("half", name))),
    ["old", "old"],
  );
});

test("a FIFO whose reader goes away: the files beside it are not changed", async (t) => {
  mkdirSync(at("pipe"));
  execFileSync("mkfifo", [at("pipe/fifo")]);
  writeFileSync(at("pipe/file"), "old");
  const reading = new Promise<void>((resolve) => {
    void import("node:fs").then(({ open, close }) => open(at("pipe/fifo"), "r", (_, fd) => close(fd, () => resolve())));
  });
  function* chunks() {
    const end = Date.now() + 20_000;
    while (Date.now() < end) yield Buffer.alloc(1 << 16);
  }
  await t.throwsAsync(
    writeOutputs([
      [at("pipe/file"), "new"],
      [at("pipe/fifo"), { bytes: 1 << 30, chunks }],
    ]),
    { message: /cannot write .*fifo: its reader has gone/ },
  );
  await reading;
  t.is(text(at("pipe/file")), "old");
  t.deepEqual(readdirSync(at("pipe")).sort(), ["fifo", "file"]);
});
