import { parse } from "cookie";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sessionUser } from "../access/login.js";
import { mayAct, type Role } from "../access/roles.js";
import { csrfToken, isSame } from "../access/secrets.js";
import { tokenOwner } from "../access/tokens.js";
import type { Store } from "../store/store.js";
import { hasUsers } from "../store/users.js";

/** Who asks. */
export interface Who {
  name: string;
  role: Role;
  by: "session" | "token" | "this machine";
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whom a route answers. */
    role?: Role | "anyone";
  }
  interface FastifyRequest {
    who: Who | null;
    /** Whether who asks may still, for answers that take long. */
    mayStill: (() => Promise<boolean>) | null;
    /** Of the session that the browser has. */
    secret: string | undefined;
  }
}

export const csrfHeader = "x-csrf-token";
/** Without a session. */
export const openCsrf = "local";

/** With TLS a name that browsers let only this server set, and only for TLS. */
export const cookieName = ({ protocol }: FastifyRequest): string =>
  protocol === "https" ? "__Host-loam-session" : "loam-session";

/** The names by which a browser on this machine asks: a page from elsewhere cannot, whatever its own name leads to. */
const ownNames = /^(?:127\.0\.0\.1|\[::1\]|localhost)(?::\d+)?$/;
export const changes = /^(?:POST|PUT|PATCH|DELETE)$/;
const thisMachine: Who = { name: "this machine", role: "admin", by: "this machine" };

const refuse = (reply: FastifyReply, status: number, message: string) => reply.code(status).send({ message });

/**
 * Lets requests through that are allowed: by a session, a token, or without both from this machine as long as there are no users. Every route
 * says whom it is for, in `config.role`.
 * @param isBeyond whether others than this machine can ask
 */
export function addGuard(server: FastifyInstance, store: Store, isBeyond: boolean): void {
  server.decorateRequest("who", null);
  server.decorateRequest("mayStill", null);
  server.decorateRequest("secret", undefined);
  server.addHook("onRoute", ({ url, config }) => {
    if (config?.role === undefined) throw new Error(`the route ${url} does not say whom it is for`);
  });
  server.addHook("onRequest", async (request, reply) => {
    if (!isBeyond && !ownNames.test(request.headers.host ?? ""))
      return refuse(reply, 403, "only for this machine: http://127.0.0.1");
    const { role } = request.routeOptions.config;
    if (role === undefined) return;
    if (changes.test(request.method) && isForeign(request))
      return refuse(reply, 403, "only for the page of this server; a proxy is to pass on Host");
    const who = await whoAsks(request, store, isBeyond);
    request.who = who ?? null;
    if (role === "anyone") return;
    request.mayStill = async () => {
      const now = await whoAsks(request, store, isBeyond);
      return now !== undefined && mayAct(now.role, role);
    };
    if (!who) return refuse(reply.header("www-authenticate", "Bearer"), 401, "log in, or give a token");
    if (!mayAct(who.role, role)) return refuse(reply, 403, `for the role ${role}; ${who.name} is ${who.role}`);
    if (changes.test(request.method) && !provesPage(request, who))
      return refuse(reply, 403, `the header ${csrfHeader} with what GET /api/session says`);
  });
}

async function whoAsks(request: FastifyRequest, store: Store, isBeyond: boolean): Promise<Who | undefined> {
  const now = Date.now() / 1000;
  const { authorization, cookie } = request.headers;
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  if (token !== undefined) {
    const owner = await tokenOwner(store, token, now);
    return owner && { ...owner, by: "token" };
  }
  const secret = cookie === undefined ? undefined : parse(cookie)[cookieName(request)];
  const user = secret === undefined ? undefined : await sessionUser(store, secret, now);
  if (user) {
    request.secret = secret;
    return { ...user, by: "session" };
  }
  // Behind a proxy everyone asks from this machine.
  const isProxied = ["x-forwarded-for", "forwarded", "via"].some((name) => name in request.headers);
  return isBeyond || isProxied || (await hasUsers(store)) ? undefined : thisMachine;
}

/** Browsers say where a request that changes something comes from. */
function isForeign({ headers, host }: FastifyRequest): boolean {
  const { origin } = headers;
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

function provesPage({ headers, secret }: FastifyRequest, { by }: Who): boolean {
  if (by === "token") return true;
  const given = headers[csrfHeader];
  return typeof given === "string" && isSame(given, secret === undefined ? openCsrf : csrfToken(secret));
}
