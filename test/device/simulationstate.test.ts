import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "ava";
import { SimulationState } from "../../host-tools/simulate/state.js";

const folder = mkdtempSync(path.join(os.tmpdir(), "loam-simulation-state-"));
const at = (...names: string[]) => path.join(folder, ...names);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

test("a symbolic link in a simulation's folder stays, and its target holds the state", (t) => {
  mkdirSync(at("state"));
  symlinkSync("../far.json", at("state/state.json"));
  const state = new SimulationState(at("state"), "print");
  t.is(readlinkSync(at("state/state.json")), "../far.json");
  state.saveNetwork({ nextAddress: 5, devices: [] });
  t.like(JSON.parse(readFileSync(at("far.json"), "utf8")), { network: { nextAddress: 5 } });
  t.is(new SimulationState(at("state"), "print").network?.nextAddress, 5);
});

test("a file in the place of a simulation's folder is refused and stays", (t) => {
  writeFileSync(at("file"), "mine");
  t.throws(() => new SimulationState(at("file"), "print"), {
    message: `${at("file")} is a file, a folder expected`,
  });
  t.throws(() => new SimulationState(at("file/below"), "print"), { message: /a part of the path is a file/ });
  t.is(readFileSync(at("file"), "utf8"), "mine");
});
