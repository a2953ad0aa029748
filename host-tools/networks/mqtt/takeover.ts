import mqtt, { type MqttClient } from "mqtt";
import { clientOptions, type Broker, type BrokerKind } from "./broker.js";
import { Inflow } from "./inflow.js";
import type { Message } from "./postponed.js";
import { brokerReason } from "./reasons.js";

/** ms without a message: the broker has nothing more. */
const quietMs = 2000;

export interface TakeoverOptions {
  /** With the client ID of the process that has ended. */
  broker: Broker & { clientId: string };
  kind: BrokerKind;
  role: string;
  /** What the session is subscribed to. */
  topics: readonly string[];
  take(message: Message): Promise<void>;
}

/**
 * Takes what a broker keeps for a process that has ended: the broker gives the messages of a session to nobody else, and mosquitto goes on putting a group's
 * messages there. Ends the session.
 * @returns how many messages there were
 * @throws Error when the broker closes the connection before, as when the process is back; what was not acknowledged stays in the session
 */
export async function takeOver({ broker, kind, role, topics, take }: TakeoverOptions): Promise<number> {
  const options = await clientOptions(broker, kind, role);
  const client = mqtt.connect(broker.server, { ...options, reconnectPeriod: 0 });
  let reason: unknown;
  client.on("error", (error) => (reason = error));
  client.on("disconnect", ({ reasonCode }) => (reason = { code: reasonCode }));
  const closed = new Promise<never>((_, reject) => {
    client.once("close", () => reject(new Error(brokerReason(reason ?? { code: "ECONNRESET" }))));
  });
  closed.catch(() => undefined);
  let count = 0;
  const inflow = new Inflow(
    client,
    async (message) => {
      await take(message);
      count++;
    },
    (error) => (reason = error),
  );
  try {
    const connected = new Promise<boolean>(
      (resolve) => void client.once("connect", ({ sessionPresent }) => resolve(sessionPresent)),
    );
    client.connect();
    if (await Promise.race([connected, closed])) {
      // Otherwise the group's messages go on coming here.
      await Promise.race([client.unsubscribeAsync([...topics]), closed]);
      await Promise.race([inflow.quiet(quietMs), closed]);
    }
    await end(client);
    return count;
  } finally {
    client.end(true);
  }
}

/** The broker keeps nothing of it. */
const end = (client: MqttClient): Promise<void> =>
  client.endAsync(false, { reasonCode: 0, properties: { sessionExpiryInterval: 0 } });
