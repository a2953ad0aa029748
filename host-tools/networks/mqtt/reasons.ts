import { systemReason } from "../../lib/systemreasons.js";

/** Why a broker cannot be used, and what would be right. Codes: CONNACK of MQTT 3.1.1 (3.2.2.3) and 5.0 (3.2.2.2), OpenSSL's verification. */
const reasons: Readonly<Record<string, string>> = {
  1: "it does not speak this version of MQTT; MQTT 5 expected",
  2: "it refuses the client ID; another clientId expected",
  3: "it is not available at the moment",
  4: "user name or password is wrong",
  5: "not authorized: user name and password, and their access to these topics, are what to look at",
  132: "it does not speak this version of MQTT; MQTT 5 expected",
  133: "it refuses the client ID; another clientId expected",
  134: "user name or password is wrong",
  135: "not authorized: user name and password, and their access to these topics, are what to look at",
  136: "it is not available at the moment",
  137: "it is busy",
  138: "it has banned this client",
  142: "another process has connected with the same client ID; each needs a clientId of its own",
  158: "it has no shared subscriptions; a broker with them, or no share, expected",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID:
    "its certificate is not valid yet; the clock of this machine or of that which has made it is wrong",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is of an authority that is not known; its certificate expected as ca",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself; that certificate expected as ca",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "its certificate is of an authority that is not known; the authority's certificate expected as ca",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "its certificate is of an authority that is not known; the authority's certificate expected as ca",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is another host's; one of the names in it expected in the URL",
  ERR_SSL_WRONG_VERSION_NUMBER: "no TLS there; mqtt:// expected, or the port with TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "no TLS there; mqtt:// expected, or the port with TLS",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: "it wants a client's certificate; cert and key expected",
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: "it does not accept the client's certificate: of an authority that it does not know",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: "the client's certificate has expired",
};

/** Of an error that MQTT.js or the connection below it gives; others have their own text. */
export function brokerReason(error: unknown): string {
  const { code } = error as { code?: string | number };
  const key = String(code ?? "");
  if (Object.hasOwn(reasons, key)) return reasons[key]!;
  const reason = systemReason(error);
  return code === "ECONNRESET" ? `${reason}; a port with TLS needs mqtts://, one without mqtt://` : reason;
}
