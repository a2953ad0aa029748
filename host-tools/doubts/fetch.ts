import type { SaidByCandidate } from "../cloudpage/candidates.js";
import { openCsrf } from "../cloudpage/guard.js";
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

/**
 * Gives a cloud what a network says of its deferred windows, for its page.
 * @param id the network's, 16 hexadecimal digits
 * @returns of how many windows it is kept @throws UserError as `fetchDoubts`, and when the token may not
 */
export async function publishVerdicts(
  cloud: string,
  id: string,
  said: SaidByCandidate,
  token?: string,
): Promise<number> {
  const answer = await ask(new URL(`api/candidates/${id}`, addressOf(cloud)), token, said);
  const stored = (answer as { stored?: unknown } | null)?.stored;
  if (typeof stored !== "number") throw new UserError(`${cloud}: no loam cloud: it does not say what it has stored`);
  return stored;
}

function addressOf(cloud: string): URL {
  const url = URL.canParse(cloud) ? new URL(cloud) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UserError(`${cloud} is no address of a cloud; one such as http://127.0.0.1:8080/ expected`);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

/** @param body what is put there; without one it is asked */
async function ask(url: URL, token: string | undefined, body?: object): Promise<unknown> {
  const { origin } = url;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: body ? "PUT" : "GET",
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        // As the page says where nobody logs in.
        ...(body && { "content-type": "application/json", "x-csrf-token": openCsrf }),
      },
      ...(body && { body: JSON.stringify(body) }),
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
