import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";

/** An authority in a folder, made with OpenSSL, and what it signs. Keys on the P-256 curve, which take no time to make. */
export class Authority {
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    this.#run("req", "-x509", ...this.#newKey(name), "-days", "30", "-out", this.file(name, "crt"));
  }

  file(name: string, kind: "crt" | "key"): string {
    return path.join(this.#folder, `${name}.${kind}`);
  }

  /** @param days negative: it has expired @returns its files */
  sign(name: string, { host, days = 30 }: { host?: string; days?: number } = {}): { cert: string; key: string } {
    const request = path.join(this.#folder, `${name}.csr`);
    this.#run("req", ...this.#newKey(name), "-out", request);
    const extension = path.join(this.#folder, `${name}.ext`);
    const isIp = host !== undefined && /^[\d.]+$/.test(host);
    writeFileSync(extension, host === undefined ? "" : `subjectAltName=${isIp ? "IP" : "DNS"}:${host}\n`);
    const authority = ["-CA", this.file(this.#name, "crt"), "-CAkey", this.file(this.#name, "key"), "-CAcreateserial"];
    const certificate = this.file(name, "crt");
    this.#run(
      ...["x509", "-req", "-in", request, ...authority, "-days", String(days)],
      ...["-extfile", extension, "-out", certificate],
    );
    return { cert: certificate, key: this.file(name, "key") };
  }

  #newKey(name: string): string[] {
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    return [...curve, "-keyout", this.file(name, "key"), "-subj", `/CN=${name}`];
  }

  #run(...args: string[]): void {
    execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  }
}
