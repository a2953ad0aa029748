/** Argument: the offset of a sensor that always gives 20.3. Prints, of windows in a program of their own each, whether it is stuck. */
import Host from "host";
import type { NodeConfig } from "config";
import { FieldReader, FieldWriter } from "flash/fields";
import { Intake } from "intake";

const everySeconds = 60;
const config = {
  sensors: [{ name: "still", unit: "", rate: 1, range: [0, 100], stuckSeconds: 90 }],
  window: { seconds: 10, everySeconds, frames: 1 },
  features: { statistics: [], spanSeconds: 10, spectra: [], correlations: [] },
} as unknown as NodeConfig;

const samples = new Float32Array(10).fill(20.3);
let retained: Uint8Array | undefined;
for (let window = 0; window < 4; window++) {
  let isStuck = false;
  const onFault = (_: number, kind: string): void => void (isStuck ||= kind === "stuck");
  const intake = new Intake(config, { onFault }, { 0: Number(Host.args[0]) });
  if (retained) intake.layout(new FieldReader(retained));
  intake.begin(window * everySeconds);
  intake.take(0, samples, samples.length);
  intake.end();
  trace(`${JSON.stringify(isStuck)}\n`);
  const writer = new FieldWriter();
  intake.layout(writer);
  retained = writer.buffer.slice(0, writer.length);
}
