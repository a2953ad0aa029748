import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { takeBuild } from "../../host-tools/lib/buildOption.js";
import { findPlaces } from "../../host-tools/lib/paths.js";

const top = realpathSync(mkdtempSync(path.join(tmpdir(), "loam-places-")));
test.after.always(() => rmSync(top, { recursive: true }));

const make = (...names: string[]): string => {
  const folder = path.join(top, ...names);
  mkdirSync(folder, { recursive: true });
  return folder;
};
const withDescription = (folder: string): string => {
  writeFileSync(path.join(folder, "node.config.json"), "{}");
  return folder;
};

const checkout = withDescription(make("loam"));
const installed = withDescription(make("fresh/node_modules/loam"));
const stored = withDescription(make("pnpm/node_modules/.pnpm/loam@0.1.0/node_modules/loam"));
const mine = withDescription(make("fresh/my-node"));
const recordings = make("fresh/my-node/recordings/train");
const empty = make("fresh/empty");
const cache = path.join(top, "cache");

// Working folder, --build, loam's folder; then the node's folder, and those of results and of compiled files.
const table: [
  what: string,
  folder: string,
  build: string | undefined,
  root: string,
  node: string | undefined,
  built: string,
  compiled: string,
][] = [
  ["a checkout", checkout, undefined, checkout, checkout, path.join(checkout, "build"), path.join(checkout, "build")],
  [
    "a folder of a checkout",
    make("loam/test"),
    undefined,
    checkout,
    checkout,
    path.join(checkout, "build"),
    path.join(checkout, "build"),
  ],
  [
    "a checkout, from elsewhere",
    empty,
    undefined,
    checkout,
    checkout,
    path.join(checkout, "build"),
    path.join(checkout, "build"),
  ],
  ["a node beside the installed loam", mine, undefined, installed, mine, path.join(mine, "build"), cache],
  ["a folder in a node's, loam a checkout", recordings, undefined, checkout, mine, path.join(mine, "build"), cache],
  ["no node, loam installed", empty, undefined, installed, undefined, path.join(empty, "build"), cache],
  ["the installed package itself is no node", stored, undefined, stored, undefined, cache, cache],
  [
    "--build takes everything",
    mine,
    "../elsewhere",
    installed,
    mine,
    path.join(top, "fresh/elsewhere"),
    path.join(top, "fresh/elsewhere"),
  ],
];

for (const [what, folder, build, root, node, built, compiled] of table)
  test(what, (t) => t.deepEqual(findPlaces(folder, build, root, cache), { node, build: built, cache: compiled }));

test.serial("--build works before and after the command, and no command has an option of that name", (t) => {
  const before = process.env["LOAM_BUILD"];
  t.teardown(() => (before === undefined ? delete process.env["LOAM_BUILD"] : (process.env["LOAM_BUILD"] = before)));
  for (const [given, rest] of [
    [
      ["--build", "/b", "train", "--seed", "1"],
      ["train", "--seed", "1"],
    ],
    [
      ["train", "--seed", "1", "--build=/b"],
      ["train", "--seed", "1"],
    ],
    [
      ["device", "lin", "--", "--build", "x"],
      ["device", "lin", "--", "--build", "x"],
    ],
  ] as const) {
    delete process.env["LOAM_BUILD"];
    t.deepEqual(takeBuild([...given]), [...rest]);
    t.is(process.env["LOAM_BUILD"], rest.includes("--build" as never) ? undefined : "/b");
  }
  for (const bad of [["train", "--build"], ["--build", "--seed", "1"], ["--build="]])
    t.throws(() => takeBuild(bad), { message: /--build: a folder expected/ });
});
