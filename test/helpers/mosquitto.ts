import type { ExecutionContext } from "ava";
import { Mosquitto, type MosquittoOptions } from "../../host-tools/load/mosquitto.js";

/** An MQTT broker of the test's own, which ends with it. */
export async function startMosquitto(t: ExecutionContext, options: MosquittoOptions = {}): Promise<Mosquitto> {
  const broker = await Mosquitto.start(options);
  t.teardown(() => broker.close());
  return broker;
}
