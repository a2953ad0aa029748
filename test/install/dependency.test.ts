import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { dependencyFrom, loamPackage } from "../../host-tools/init/dependency.js";
import { loamRoot } from "../../host-tools/lib/paths.js";

const top = realpathSync(mkdtempSync(path.join(tmpdir(), "loam-dependency-")));
test.after.always(() => rmSync(top, { recursive: true, force: true }));

const published = `npm:loam-node@^${loamPackage.version}`;

/** What a project above a node's folder has among its dependencies, and what the node's folder asks npm for under the name "loam". */
const cases: [title: string, above: Record<string, Record<string, string>> | undefined, asked: string][] = [
  ["there is no project above", undefined, published],
  ["it depends on other things", { dependencies: { ky: "^1.0.0" } }, published],
  ["its loam is the other project of that name", { dependencies: { loam: "^1.2.0" } }, published],
  ["it has loam by its published name", { devDependencies: { "loam-node": "~0.1.0" } }, "npm:loam-node@~0.1.0"],
  ["it has the alias", { dependencies: { loam: "npm:loam-node@0.1.0" } }, "npm:loam-node@0.1.0"],
  ["it has a tarball", { dependencies: { "loam-node": "file:../loam.tgz" } }, "file:../../loam.tgz"],
  ["it has a tarball by the alias", { dependencies: { loam: "file:../loam.tgz" } }, "file:../../loam.tgz"],
];
for (const [i, [title, above, asked]] of cases.entries())
  test(`a node's folder asks for the loam that made it: ${title}`, (t) => {
    const project = path.join(top, String(i), "project");
    const node = path.join(project, "my-node");
    mkdirSync(node, { recursive: true });
    if (above) writeFileSync(path.join(project, "package.json"), JSON.stringify(above));
    t.is(dependencyFrom(node, true), asked);
  });

test("of a checkout it asks for the checkout", (t) => {
  t.is(loamPackage.name, "loam-node");
  t.is(dependencyFrom(path.join(loamRoot, "..", "my-node"), false), `file:../${path.basename(loamRoot)}`);
});
