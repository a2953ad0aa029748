import { serialize } from "cookie";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { logIn, logOut, sessionSeconds } from "../access/login.js";
import { csrfToken } from "../access/secrets.js";
import type { Store } from "../store/store.js";
import { answer, nothing, only } from "./fields.js";
import { cookieName, openCsrf, type Who } from "./guard.js";

/** Who has logged in, and what the page gives with what it asks to change. */
export interface SessionInfo {
  name: string;
  role: Who["role"];
  by: Who["by"];
  csrf: string;
}

const credentials = {
  ...only({ name: { type: "string", maxLength: 64 }, password: { type: "string", maxLength: 1024 } }),
  required: ["name", "password"],
};

const logInSchema = {
  ...{ operationId: "logIn", summary: "Log in, for a session of the browser", body: credentials },
  response: {
    200: answer("LogIn", "logged in; the cookie is in set-cookie"),
    401: answer("Problem", "wrong name or password"),
    429: answer("Problem", "too many log-ins; retry-after says when the next is heard"),
  },
};

const cookie = (request: FastifyRequest, value: string, maxAge: number): string =>
  serialize(cookieName(request), value, {
    ...{ path: "/", httpOnly: true, sameSite: "strict", maxAge },
    secure: request.protocol === "https",
  });

/** Log-in and log-out. */
export function addSessions(server: FastifyInstance, store: Store): void {
  server.get(
    "/api/session",
    {
      config: { role: "viewer" },
      schema: { operationId: "getSession", summary: "Who asks, as what", response: { 200: answer("Session") } },
    },
    ({ who, secret }): SessionInfo => {
      const { name, role, by } = who!;
      return { name, role, by, csrf: secret === undefined ? openCsrf : csrfToken(secret) };
    },
  );
  server.post<{ Body: { name: string; password: string } }>(
    "/api/session",
    { config: { role: "anyone" }, schema: logInSchema, bodyLimit: 8192 },
    async (request, reply) => {
      const { name, password } = request.body;
      const login = await logIn(store, { name, password, address: request.ip }, Date.now() / 1000);
      if (login.kind === "wait")
        return await reply
          .code(429)
          .header("retry-after", login.seconds)
          .send({ message: `too many log-ins; the next in ${login.seconds} s` });
      if (login.kind === "wrong") return await reply.code(401).send({ message: "wrong name or password" });
      void reply.header("set-cookie", cookie(request, login.secret, sessionSeconds));
      return { name, csrf: csrfToken(login.secret) };
    },
  );
  server.delete(
    "/api/session",
    {
      config: { role: "viewer" },
      schema: { operationId: "logOut", summary: "Log out", response: { 204: nothing("logged out") } },
    },
    async (request, reply) => {
      if (request.secret !== undefined) await logOut(store, request.secret);
      return await reply
        .header("set-cookie", cookie(request, "", 0))
        .code(204)
        .send();
    },
  );
}
