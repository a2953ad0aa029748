/** How other commands talk to a running `loam gateway`: lines of JSON over TCP, on this machine only. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { z } from "zod";
import { UserError } from "../lib/errors.js";
import { systemReason } from "../lib/systemreasons.js";
import type { DeliveryPlan } from "../script/plan.js";
import type { Deliveries, NodeRecord } from "./deliveries.js";

const controlHost = "127.0.0.1";

const devEui = z.string();
const requestSchema = z.discriminatedUnion("command", [
  /** base64. Steps follow until the delivery is over. */
  z.strictObject({ command: z.literal("send"), devEui, package: z.base64() }),
  z.strictObject({ command: z.literal("status"), devEui }),
  z.strictObject({ command: z.literal("cancel"), devEui }),
  /** The node is asked for its settings in force. */
  z.strictObject({ command: z.literal("refresh"), devEui }),
]);

export type ControlRequest = z.infer<typeof requestSchema>;

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
      const lines = createInterface({ input: socket });
      // readline passes on the error of what it reads.
      lines.on("error", () => socket.destroy());
      // One request a connection. The first line of what a web page sends to this port is none, so its body is not read.
      lines.once("line", (line) => {
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

function parseRequest(line: string): ControlRequest {
  try {
    return requestSchema.parse(JSON.parse(line));
  } catch {
    const commands = requestSchema.options.map(({ shape }) => shape.command.value).join(", ");
    throw new UserError(
      `a line of JSON expected, with "command" (${commands}), "devEui", and for send "package" in base64`,
    );
  }
}

async function serve(
  line: string,
  deliveries: Deliveries,
  persist: () => Promise<void>,
  reply: (message: ControlReply) => void,
  onClose: (end: () => void) => void,
): Promise<void> {
  const request = parseRequest(line);
  const { command, devEui } = request;
  if (command === "cancel") {
    const cancelled = deliveries.cancel(devEui);
    await persist();
    return void reply({ cancelled });
  }
  if (command === "refresh") {
    deliveries.refresh(devEui);
    await persist();
  }
  if (command === "send") {
    const bytes = Buffer.from(request.package, "base64");
    const plan = deliveries.plan(devEui, bytes.length);
    const isToSend = deliveries.send(devEui, bytes);
    await persist();
    onClose(
      deliveries.subscribe((record) => {
        if (record.devEui !== devEui.toLowerCase()) return;
        // As it was at this step, and not said before a restart would know it.
        const step = structuredClone(record);
        void persist().then(
          () => reply({ record: step }),
          // The gateway ends for the same reason.
          () => undefined,
        );
      }),
    );
    return void reply({ record: deliveries.record(devEui), ...(isToSend && { plan }) });
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
  const port = Number(match?.[2]);
  if (!match || port > 65535) throw new UserError(`gateway ${at}: PORT or HOST:PORT expected, with a port up to 65535`);
  const host = match[1] ?? controlHost;
  const socket = connect(port, host);
  try {
    await once(socket, "connect").catch((error: unknown) => {
      throw new UserError(
        `no loam gateway at ${host}:${port} (${systemReason(error)}): start it with loam gateway, or name another port with --gateway`,
      );
    });
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const line of linesOf(socket)) {
      const reply = parseReply(line, `${host}:${port}`);
      if ("error" in reply) throw new UserError(reply.error);
      yield reply;
    }
    throw new UserError("the gateway has ended; start it again, and it goes on where it was (with --state)");
  } finally {
    socket.destroy();
  }
}

/** Until the connection ends, in whatever way. */
async function* linesOf(socket: Socket): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: socket });
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).syscall) throw error;
  }
}

function parseReply(line: string, place: string): ControlReply {
  try {
    return JSON.parse(line) as ControlReply;
  } catch {
    throw new UserError(`what answers at ${place} is no loam gateway: name its port with --gateway`);
  }
}
