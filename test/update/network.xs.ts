/**
 * Checks a network as the node does: the resources `model`, `normalizer` and `vectors`; then, when `flips` is "1", with a bit of each byte of the network and
 * of the test vectors flipped, and as it is again. One line of JSON for each: the reason, or "none".
 */
import Host from "host";
import Resource from "Resource";
import Timer from "timer";
import { PackageError } from "codec/update";
import { readConfig } from "resources";
import { checkModel } from "update/modelcheck";

const description = readConfig();
const resource = (name: string): Uint8Array => new Uint8Array(new Resource(name).slice(0));
const sections = {
  model: resource("model"),
  normalizer: resource("normalizer"),
  vectors: resource("vectors"),
};

function check(): void {
  let reason = "none";
  let detail = "";
  try {
    checkModel(sections, description);
  } catch (error) {
    // Anything else would be said to be a fault of flash.
    reason = error instanceof PackageError ? error.reason : "not a refusal";
    detail = String(error);
  }
  trace(`${JSON.stringify({ reason, detail })}\n`);
}

function* flips(): Generator<undefined> {
  for (const bytes of [sections.model, sections.vectors])
    for (let at = 0; at < bytes.length; at++) {
      bytes[at]! ^= 1 << (at & 7);
      yield;
      bytes[at]! ^= 1 << (at & 7);
    }
  yield;
}

check();
const all = flips();
function next(): void {
  if (all.next().done) return Host.exit(0);
  check();
  Timer.set(next);
}
if (resource("flips")[0] === 0x31) Timer.set(next);
else Host.exit(0);
