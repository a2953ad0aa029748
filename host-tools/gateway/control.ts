/** How other commands talk to a running `loam gateway`: lines of JSON over TCP, on this machine only. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { UserError } from "../lib/errors.js";
import { systemReason } from "../lib/systemreasons.js";
import type { DeliveryPlan } from "../script/plan.js";
import type { Deliveries, NodeRecord } from "./deliveries.js";

const controlHost = "127.0.0.1";

export type ControlRequest =
  /** base64. Steps follow until the delivery is over. */
  | { command: "send"; devEui: string; package: string }
  | { command: "status"; devEui: string }
  | { command: "cancel"; devEui: string };

export type ControlReply =
  { error: string } | { record: Readonly<NodeRecord>; plan?: DeliveryPlan } | { cancelled: boolean };

/** @param persist resolves when what was accepted is on disk */
export class ControlServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(deliveries: Deliveries, persist: () => Promise<void>) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => socket.destroy());
      const reply = (message: ControlReply): void => void socket.write(`${JSON.stringify(message)}\n`);
      createInterface({ input: socket }).on("line", (line) => {
        serve(line, deliveries, persist, reply, (end) => socket.on("close", end)).catch((error: unknown) => {
          if (!(error instanceof UserError)) throw error;
          reply({ error: error.message });
        });
      });
    });
  }

  /** @throws UserError when the port is taken */
  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", (error) =>
        reject(new UserError(`TCP port ${port} on ${controlHost}: ${systemReason(error)}`)),
      );
      this.#server.listen(port, controlHost, resolve);
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

async function serve(
  line: string,
  deliveries: Deliveries,
  persist: () => Promise<void>,
  reply: (message: ControlReply) => void,
  onClose: (end: () => void) => void,
): Promise<void> {
  let request: ControlRequest;
  try {
    request = JSON.parse(line) as ControlRequest;
  } catch {
    throw new UserError("a line of JSON expected");
  }
  const { command, devEui } = request;
  if (command === "cancel") {
    const cancelled = deliveries.cancel(devEui);
    await persist();
    return void reply({ cancelled });
  }
  if (command === "send") {
    const bytes = Buffer.from(request.package, "base64");
    const plan = deliveries.plan(devEui, bytes.length);
    deliveries.send(devEui, bytes);
    await persist();
    onClose(
      deliveries.subscribe((record) => {
        if (record.devEui === devEui.toLowerCase()) reply({ record });
      }),
    );
    return void reply({ record: deliveries.record(devEui), plan });
  }
  reply({ record: deliveries.record(devEui) });
}

/** Its first reply alone. @throws UserError as `askGateway` */
export async function askGatewayOnce(
  at: string,
  request: ControlRequest,
): Promise<Exclude<ControlReply, { error: string }>> {
  const replies = askGateway(at, request);
  const { value } = await replies.next();
  // Ends the connection.
  await replies.return(undefined as never);
  return value;
}

/** What a running gateway answers, reply by reply. @param at "PORT" or "HOST:PORT" @throws UserError when there is none, and for what it refuses */
export async function* askGateway(
  at: string,
  request: ControlRequest,
): AsyncGenerator<Exclude<ControlReply, { error: string }>, never, undefined> {
  const match = /^(?:(.+):)?(\d+)$/.exec(at);
  if (!match) throw new UserError(`gateway ${at}: PORT or HOST:PORT expected`);
  const socket = connect(Number(match[2]), match[1] ?? controlHost);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", (error) =>
        reject(
          new UserError(
            `no loam gateway at ${match[1] ?? controlHost}:${match[2]} (${systemReason(error)}): start it with loam gateway, or name another port with --gateway`,
          ),
        ),
      );
    });
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const line of createInterface({ input: socket })) {
      const reply = JSON.parse(line) as ControlReply;
      if ("error" in reply) throw new UserError(reply.error);
      yield reply;
    }
    throw new UserError("the gateway has ended; start it again, and it goes on where it was (with --state)");
  } finally {
    socket.destroy();
  }
}
