import { createTransport } from "nodemailer";
import { systemReason } from "../lib/systemreasons.js";
import { ChannelError, isoTime, type Channel, type Message } from "./channel.js";

const longestMs = 60_000;
const stepMs = 15_000;
const thisMachine = ["localhost", "127.0.0.1", "[::1]"];

export interface MailOptions {
  /** smtp://HOST:PORT, with STARTTLS beyond this machine; smtps://HOST:PORT. */
  server: string;
  username?: string | undefined;
  password?: string | undefined;
  /** PEM, of the authority that has signed the server's certificate; undefined: those that Node.js knows. */
  ca?: Buffer | undefined;
  from: string;
  to: readonly string[];
}

/** Sends what there is to tell in one e-mail. */
export class Mail implements Channel {
  readonly name = "mail";
  readonly most = 100;
  readonly #options: MailOptions;

  constructor(options: MailOptions) {
    this.#options = options;
  }

  async tell(messages: readonly Message[]): Promise<string | undefined> {
    const { server, username, password, ca, from, to } = this.#options;
    const { protocol, hostname, port } = new URL(server);
    const secure = protocol === "smtps:";
    const transport = createTransport({
      ...{ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || (secure ? 465 : 587), secure },
      requireTLS: !secure && !thisMachine.includes(hostname),
      ...(ca && { tls: { ca } }),
      ...(username !== undefined && { auth: { user: username, pass: password ?? "" } }),
      ...{ connectionTimeout: stepMs, greetingTimeout: stepMs, socketTimeout: stepMs, dnsTimeout: stepMs },
      ...{ disableFileAccess: true, disableUrlAccess: true },
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new ChannelError(`not sent within ${longestMs / 1000} seconds`)), longestMs);
    });
    try {
      const messageId = `<${messages[0]!.id}@loam-cloud>`;
      const sent = transport.sendMail({
        from,
        to: [...to],
        messageId,
        subject: subjectOf(messages),
        text: textOf(messages),
      });
      const { rejected } = await Promise.race([sent, late]);
      return rejected.length === 0 ? undefined : `refused for ${rejected.length} of ${to.length} recipients`;
    } catch (error) {
      throw error instanceof ChannelError ? error : new ChannelError(reasonOf(error));
    } finally {
      clearTimeout(timer);
      transport.close();
    }
  }
}

/** What a server says to a password is not shown: it may repeat it. */
function reasonOf(error: unknown): string {
  const { code = "", responseCode } = error as { code?: string; responseCode?: number };
  const answer = responseCode === undefined ? "" : `, answer ${responseCode}`;
  if (code === "EAUTH") return `the server does not take user name and password${answer}`;
  if (code === "ETLS") return "the server has no STARTTLS, or its certificate is not valid";
  if (responseCode !== undefined) return `the server does not take it${answer}`;
  const { message } = error as Error;
  return `no connection: ${systemReason({ code: /\bE[A-Z]+\b/.exec(message)?.[0] ?? code, message })}`;
}

const nodeOf = ({ alarm }: Message): string => alarm!.nodeName ?? alarm!.devEui;

function subjectOf(messages: readonly Message[]): string {
  const [first] = messages;
  if (!first!.alarm) return "loam cloud: a test";
  if (messages.length > 1) return `loam cloud: ${messages.length} alarms opened or closed`;
  return `loam cloud: ${nodeOf(first!)}: ${first!.alarm.what} (${first!.alarm.rule}, ${first!.event})`;
}

function textOf(messages: readonly Message[]): string {
  if (!messages[0]!.alarm) return "This is a test: alarms of loam cloud are sent to this address.\n";
  const lines = messages.map((one) => {
    const { devEui, rule, what, openedAt, closedAt } = one.alarm!;
    const at = one.event === "closed" ? `closed ${isoTime(closedAt!)}, opened` : "opened";
    return `${nodeOf(one)} (${devEui}): ${what}; rule ${rule}; ${at} ${isoTime(openedAt)}`;
  });
  return `${lines.join("\n")}\n`;
}
