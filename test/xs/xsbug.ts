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

/** xsbug's view of a machine, which sends documents of XML and obeys commands. */
export class XsbugMachine {
  socket: Socket | undefined;
  #text = "";
  #isOver = false;
  #wake: () => void = () => {};

  hear(text: string): void {
    this.#text += text;
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** The next document that holds `what`; what came before it is dropped. "": the machine is no more. */
  async receive(what: string): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf("</xsbug>");
      if (end < 0) {
        if (this.#isOver) return "";
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
    this.socket!.write(bytes);
  }

  /** What xsbug sends when a program has logged in. */
  start(...breakpoints: string[]): void {
    this.send(`<set-all-breakpoints>${breakpoints.join("")}</set-all-breakpoints>`);
  }
}

/** Plays xsbug: XS connects to it. It is itself the view of the node's machine; those of app scripts are machines of their own. */
export class Xsbug extends XsbugMachine {
  /** What each app script's machine gets when it logs in; undefined: no answer. */
  scriptBreakpoints: string[] | undefined = [];
  /** Those that have logged in. */
  readonly scripts: XsbugMachine[] = [];
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  #wakeScript: () => void = () => {};
  #taken = 0;

  private constructor(server: Server) {
    super();
    this.#server = server;
    server.on("connection", (socket) => this.#connected(socket));
  }

  static async listen(port = 0): Promise<Xsbug> {
    const server = createServer();
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return new Xsbug(server);
  }

  #connected(socket: Socket): void {
    let machine: XsbugMachine | undefined;
    let begun = "";
    this.#sockets.push(socket);
    socket.setEncoding("utf8");
    // A program that ends has not read everything.
    socket.on("error", () => {});
    socket.on("data", (text) => {
      if (machine) return machine.hear(String(text));
      begun += String(text);
      const name = /<login name="([^"]*)"/.exec(begun)?.[1];
      if (name === undefined) return undefined;
      machine = name === "app script" ? new XsbugMachine() : this;
      machine.socket = socket;
      if (machine !== this) {
        if (this.scriptBreakpoints) machine.start(...this.scriptBreakpoints);
        socket.on("close", () => machine!.end());
        this.scripts.push(machine);
        this.#wakeScript();
      }
      machine.hear(begun);
      return undefined;
    });
  }

  /** The next app script's machine that logs in. */
  async script(): Promise<XsbugMachine> {
    while (this.#taken === this.scripts.length) await new Promise<void>((resolve) => (this.#wakeScript = resolve));
    return this.scripts[this.#taken++]!;
  }

  /** The next of them that stops: where, and the document. */
  async scriptBreak(): Promise<{ machine: XsbugMachine; place: string; document: string }> {
    for (;;) {
      const machine = await this.script();
      const document = await machine.receive("<break");
      if (document !== "") return { machine, place: breakAt(document)!, document };
    }
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
