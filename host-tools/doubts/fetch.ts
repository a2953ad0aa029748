import { UserError } from "../lib/errors.js";
import { systemReason } from "../lib/systemreasons.js";
import { printable } from "../lib/terminal.js";
import { checkPage, type Doubts } from "./document.js";

/** The environment variable with the token, which so is in no list of processes. */
export const tokenVariable = "LOAM_TOKEN";

export interface FetchOptions {
  /** As `loam cloud token add` prints it. */
  token?: string | undefined;
  /** Only those of which a person has said something; default all. */
  labelled?: boolean;
  /** Doubts a request, 1 to 5000. */
  limit?: number;
}

const longestAnswer = 60_000;

/**
 * All deferred windows that a cloud keeps, page by page.
 * @param cloud address of its page
 * @throws UserError when it is none, does not answer or does not know the token
 */
export async function fetchDoubts(
  cloud: string,
  { token, labelled = false, limit = 1000 }: FetchOptions = {},
): Promise<Doubts> {
  const base = addressOf(cloud);
  const all: Doubts = { networks: {}, doubts: [] };
  for (let next: number | null = 0; next !== null;) {
    const url = new URL("api/doubts", base);
    url.search = new URLSearchParams({
      ...{ limit: String(limit), labelled: String(labelled) },
      ...(next > 0 && { after: String(next) }),
    }).toString();
    const page = checkPage(await ask(url, token), cloud);
    if (page.next !== null && page.next <= next) throw new UserError(`${cloud}: its pages do not end`);
    Object.assign(all.networks, page.networks);
    all.doubts.push(...page.doubts);
    ({ next } = page);
  }
  return all;
}

function addressOf(cloud: string): URL {
  const url = URL.canParse(cloud) ? new URL(cloud) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UserError(`${cloud} is no address of a cloud; one such as http://127.0.0.1:8080/ expected`);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

async function ask(url: URL, token: string | undefined): Promise<unknown> {
  const { origin } = url;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(longestAnswer),
    });
    text = await response.text();
  } catch (error) {
    throw new UserError(`the cloud at ${origin} cannot be asked: ${reasonOf(error)}`);
  }
  if (response.status === 401)
    throw new UserError(
      token === undefined
        ? `the cloud at ${origin} wants a token: make one with npx loam cloud token add NAME, and put it into the environment variable ${tokenVariable}`
        : `the cloud at ${origin} does not know the token in ${tokenVariable}, or it has expired: make one with npx loam cloud token add NAME`,
    );
  if (!response.ok) throw new UserError(`the cloud at ${origin} answers ${response.status}: ${messageIn(text)}`);
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${origin}: no loam cloud: its answer is not JSON`);
  }
}

/** fetch wraps what has failed. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as Error;
  if (name === "TimeoutError") return `no answer in ${longestAnswer / 1000} s`;
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  return code === "ECONNREFUSED" ? "no process listens there" : systemReason(cause ?? error);
}

function messageIn(text: string): string {
  try {
    return printable(String((JSON.parse(text) as { message?: unknown }).message)).slice(0, 200);
  } catch {
    return "an answer that is not a cloud's";
  }
}
