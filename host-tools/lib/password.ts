import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { UserError } from "./errors.js";

const longest = 4096;

/** At a terminal asks twice, and shows nothing of it; else the first line of the standard input. Never an argument, which others see. @throws UserError */
export async function readPassword(question: string): Promise<string> {
  if (!process.stdin.isTTY) return await firstLine();
  const password = await ask(`${question}: `);
  if ((await ask("again: ")) !== password) throw new UserError("the two are not the same");
  return password;
}

async function firstLine(): Promise<string> {
  let text = "";
  process.stdin.setEncoding("utf8");
  for await (const part of process.stdin) {
    text += part as string;
    if (text.includes("\n") || text.length > longest) break;
  }
  const line = text.split(/\r?\n/)[0]!;
  if (line === "") throw new UserError("no password: a line with it on the standard input expected");
  return line;
}

async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  const stopped = new AbortController();
  lines.once("SIGINT", () => stopped.abort());
  try {
    return await lines.question("", { signal: stopped.signal });
  } catch (error) {
    if (stopped.signal.aborted) throw new UserError("interrupted");
    throw error;
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}
