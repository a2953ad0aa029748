/** The part of the cloud's description about its page. */
import { isIP } from "node:net";
import { z } from "zod";
import { key, list, section, text, whole } from "../node/schema/fields.js";

function address() {
  const right = "an IP address, such as 0.0.0.0 for every one of this machine, or localhost";
  return z.string(right).refine((value) => value === "localhost" || isIP(value) !== 0, right);
}

/** BITS of an address that matter. */
function addresses() {
  const right = "an IP address, or addresses such as 10.0.0.0/8";
  return z.string(right).refine((value) => {
    const [ip = "", bits] = value.split("/");
    const most = { 0: -1, 4: 32, 6: 128 }[isIP(ip)] ?? -1;
    return most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
  }, right);
}

export const http = key(
  section({
    host: key(address().default("127.0.0.1"), "address of the web page; beyond this machine users log in"),
    port: key(whole(0, 65535).default(8080), "its port; 0: any free one"),
    cert: key(text().optional(), "file (PEM) with the certificate, for https", { absent: "http" }),
    key: key(text().optional(), "file (PEM) with its key"),
    proxies: key(
      list(addresses(), 1, 100).optional(),
      "reverse proxies in front of it, whose X-Forwarded-For, -Host and -Proto are believed; with them users log in",
      { absent: "none" },
    ),
  })
    .superRefine(({ cert, key: secret }, context) => {
      if ((cert === undefined) !== (secret === undefined))
        context.addIssue({
          code: "custom",
          path: [cert === undefined ? "cert" : "key"],
          message: "a file: a certificate and its key go together",
        });
    })
    .prefault({}),
  "the web page",
);
