import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** Where a break is: file and line. */
export const breakAt = (document: string): string | undefined =>
  /<break path="([^"]+)" line="(\d+)"/.exec(document)?.slice(1).join(":");

/** The value of a local variable in a document of a break. */
export const local = (document: string, name: string): string | undefined =>
  new RegExp(`<property[^>]* name="${name}"[^>]* value="([^"]*)"`).exec(document)?.[1];

/** Waits, for a minute at most, until a program has written so many more lines. @returns whether it has */
export async function goesOn(lines: readonly string[], more: number): Promise<boolean> {
  const enough = lines.length + more;
  for (const deadline = Date.now() + 60_000; lines.length < enough && Date.now() < deadline;) await sleep(20);
  return lines.length >= enough;
}

/** Plays xsbug: XS connects to it, sends documents of XML, and obeys commands. */
export class Xsbug {
  #server: Server;
  #socket: Socket | undefined;
  #text = "";
  #wake: () => void = () => {};

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#socket = socket;
      socket.setEncoding("utf8");
      // A program that ends has not read everything.
      socket.on("error", () => {});
      socket.on("data", (text) => {
        this.#text += String(text);
        this.#wake();
      });
    });
  }

  static async listen(port = 0): Promise<Xsbug> {
    const server = createServer();
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return new Xsbug(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The next document that holds `what`; what came before it is dropped. */
  async receive(what: string): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf("</xsbug>");
      if (end < 0) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      const document = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + "</xsbug>".length);
      if (document.includes(what)) return document;
    }
  }

  send(command: string): void {
    this.sendBytes(`\r\n${command}\r\n`);
  }

  sendBytes(bytes: string | Uint8Array): void {
    this.#socket!.write(bytes);
  }

  /** What xsbug sends when a program has logged in. */
  start(...breakpoints: string[]): void {
    this.send(`<set-all-breakpoints>${breakpoints.join("")}</set-all-breakpoints>`);
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
