// Slow: thousands of packages under XS
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { decodeUplink, ports } from "../../device/codec/codec.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { refusedPackages } from "./refused.js";
import { config as example, keys, makePackage } from "./rig.js";

const folder = path.join(buildRoot, "test", `refusals-${process.pid}`);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
const config = { ...example, updates: { publicKey: publicKeyOf(keys.privateKey) } };

interface Line {
  name: string;
  uplinks: string[];
  script: string | undefined;
  isRestarted: boolean;
}

function file(name: string, content: Uint8Array | string): string {
  mkdirSync(folder, { recursive: true });
  const place = path.join(folder, name);
  writeFileSync(place, content);
  return place;
}

test("on the node each byte of the example's package flipped, each truncation, and all others that are bad: refused with a code in an uplink, nothing changed", async (t) => {
  t.timeout(600_000);
  const script = path.join(loamRoot, "device/app");
  const good = await pack({ config, key: keys.privateKey, sequence: 6, version: 6, name: "example", script });
  const refused = refusedPackages(config);
  const others = refused.flatMap(([, bytes]) => [Buffer.of(bytes.length & 255, bytes.length >> 8), bytes]);
  const { exitCode, stderr, lines } = await runHost(
    await buildHost({
      manifest: path.join(loamRoot, "test/device/manifest.json"),
      main: path.join(loamRoot, "test/update/refusals.xs.ts"),
    }),
    {
      resources: {
        "node.config.json": file("node.config.json", JSON.stringify(config)),
        old: file("old", makePackage(config, 5, "old")),
        good: file("good", good),
        others: file("others", Buffer.concat(others)),
      },
      timeoutMs: 500_000,
    },
  );
  t.is(exitCode, 0, stderr);
  const all = lines.map((line) => JSON.parse(line) as Line);
  const [old, ...sent] = all;
  const last = sent.pop();
  t.like(old, { name: "old", uplinks: [], isRestarted: true });
  t.like(last, { name: "good", uplinks: [], script: "old", isRestarted: true }, "the last one is taken");
  t.is(sent.length, 2 * good.length - 1 + refused.length);
  const reasons = new Map<string, number>();
  for (const [i, { name, uplinks, script: inForce, isRestarted }] of sent.entries()) {
    t.is(uplinks.length, 1, name);
    const status = decodeUplink(ports.update, Buffer.from(uplinks[0]!, "hex"));
    if (status.kind !== "update") return t.fail(name);
    const { event, reason, subject, newest, script: said } = status;
    t.deepEqual(
      [event, newest, said, inForce, isRestarted],
      ["refused", 5, { sequence: 5, version: 5 }, "old", false],
      name,
    );
    const other = refused[i - (sent.length - refused.length)];
    if (other) t.deepEqual([reason, subject], [other[2], other[3]], other[0]);
    else {
      t.is(subject, 0, name);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  t.log(`${good.length} bytes: ${[...reasons].map(([reason, count]) => `${count} ${reason}`).join(", ")}`);
  t.deepEqual([...reasons.keys()].sort(), ["bad signature", "malformed", "unknown format", "wrong length"]);
});
