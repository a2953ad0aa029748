/** cloud.config.json: what loam cloud connects, and where it keeps what comes. */
import { existsSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { regions } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { parseJson } from "../lib/json.js";
import { addIssue } from "../node/check.js";
import { ConfigError, Findings } from "../node/findings.js";
import { between, choice, flag, hex, key, list, section, text, variants, whole } from "../node/schema/fields.js";
import { alarms as alarmsKey, withAlarmSecrets } from "./alarmsConfig.js";
import { brokerUrl, thingsName, topic, topicPrefix, uuid } from "./fields.js";
import { http } from "./http.js";

export const cloudConfigName = "cloud.config.json";

const station = section({
  port: key(whole(0, 65535).default(1701), "TCP port; 0: any free one"),
  cert: key(text().optional(), "file (PEM) with the certificate for TLS, whose authority stations have in tc.trust", {
    absent: "no TLS",
  }),
  key: key(text().optional(), "file (PEM) with its key", { absent: "no TLS" }),
  token: key(
    text().optional(),
    "what stations must present, as in their tc.key; the environment variable STATION_TOKEN has precedence",
    { absent: "nothing" },
  ),
});

const own = section({
  kind: key(
    z.literal("own"),
    "our own network server, for gateways with the Semtech packet forwarder or LoRa Basics Station",
  ),
  host: key(text().default("127.0.0.1"), "address for gateways; 0.0.0.0: every one of this machine"),
  port: key(whole(0, 65535).default(1700), "UDP port for gateways; 0: any free one"),
  station: key(station.optional(), "for gateways with LoRa Basics Station, by host's address", { absent: "none" }),
  region: key(choice(Object.keys(regions) as RegionName[]).optional(), "frequency plan", {
    absent: "the node description's",
  }),
  devices: key(text().optional(), "file with a list of the nodes and their keys, as for loam gateway --devices", {
    absent: "only the node of the node description",
  }),
  rxDelay: key(whole(1, 15).default(1), "from an uplink to RX1", { unit: "s" }),
  subBand: key(whole(1, 8).optional(), "US915, AU915 and CN470: the gateways' eight channels", {
    absent: "the node description's, else all",
  }),
  channelPlan: key(
    choice(["20", "26", "20A", "20B", "26A", "26B"]).optional(),
    "CN470: the gateways' channel plan; 20 or 26: both of an antenna of so many MHz",
    { absent: "the node description's, else all" },
  ),
  netId: key(hex(3).default("000013"), "NetID; 000013 is for experiments"),
  power: key(between(-6, 30).optional(), "EIRP of downlinks in RX1", {
    unit: "dBm",
    absent: "14; US915 and AU915: 27",
  }),
  rx2Power: key(between(-6, 30).optional(), "the same in RX2", {
    unit: "dBm",
    absent: "27; 14 where RX2 has no band of its own",
  }),
  adr: key(flag().default(true), "whether the network controls data rate and power of nodes that let it"),
  adrMargin: key(between(0, 30).default(10), "SNR that ADR keeps above what a data rate requires", { unit: "dB" }),
  gateways: key(list(hex(8), 0, 4096).optional(), "EUIs of the gateways that are heard", { absent: "all" }),
  state: key(text().default("network.db"), "file of sessions, counters and what is on its way"),
});

const broker = {
  username: key(text().optional(), "user name at the broker", { absent: "none" }),
  password: key(text().optional(), "its password; the environment variable MQTT_PASSWORD has precedence", {
    absent: "none",
  }),
  ca: key(text().optional(), "file (PEM) with the certificate of the authority that has signed the broker's", {
    absent: "the authorities that Node.js knows",
  }),
  cert: key(text().optional(), "file (PEM) with this client's certificate", { absent: "none" }),
  key: key(text().optional(), "file (PEM) with its key", { absent: "none" }),
  clientId: key(text().optional(), "MQTT client ID, another one for each process", {
    absent: "of the application and the name of this machine",
  }),
  share: key(
    z
      .string("a name without / + #")
      .regex(/^[^/+#]+$/, "a name without / + #")
      .optional(),
    "group of processes that share the uplinks, each taking some of them ($share)",
    { absent: "this process gets all" },
  ),
  sessionSeconds: key(
    whole(0, 4_294_967_294).default(7 * 86400),
    "for so long the broker keeps what comes while this process is away",
    { unit: "s" },
  ),
  onlyNamed: key(flag().default(false), "whether nodes that names does not list are ignored"),
};

const chirpstack = section({
  kind: key(z.literal("chirpstack"), "ChirpStack v4, by its MQTT broker"),
  server: key(brokerUrl().default("mqtt://127.0.0.1:1883"), "the broker"),
  application: key(uuid(), "ID of the application in ChirpStack"),
  prefix: key(
    topicPrefix().default(""),
    "what chirpstack.toml has before application/ in event_topic and command_topic",
  ),
  encoding: key(
    choice(["json", "protobuf"]).default("json"),
    "form of events and commands: what chirpstack.toml has as json = true or false",
  ),
  ...broker,
});

const thingsKeys = section({
  kind: key(z.literal("things"), "The Things Stack v3"),
  server: key(brokerUrl().default("mqtts://eu1.cloud.thethings.network:8883"), "the broker"),
  application: key(thingsName(), "ID of the application in The Things Stack"),
  tenant: key(thingsName().optional(), "ttn for The Things Network, the tenant's name in The Things Stack Cloud", {
    absent: "an installation without tenants",
  }),
  pubSub: key(topic().optional(), "base topic of a Pub/Sub integration with a broker of your own", {
    absent: "the broker is The Things Stack's own",
  }),
  downlink: key(
    choice(["push", "replace"]).default("push"),
    "push: decisions go behind what waits for the node; replace: instead of it",
  ),
  region: key(choice(Object.keys(regions) as RegionName[]).optional(), "frequency plan", {
    absent: "the node description's",
  }),
  ...broker,
});

/** What depends on more than one key. */
const things = thingsKeys.superRefine(({ pubSub, share, downlink }, context) => {
  const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
  if (share !== undefined && pubSub === undefined)
    refuse("share", "none: The Things Stack's own server has no groups; with pubSub a broker of yours has them");
  if (share !== undefined && downlink === "replace")
    refuse("downlink", "push: with share, each process knows only the decisions of its own");
});

const label = section({
  devEui: key(hex(8), "DevEUI"),
  name: key(text(), "what the node is called"),
  latitude: key(between(-90, 90).optional(), "where it stands", { unit: "°", absent: "not known" }),
  longitude: key(between(-180, 180).optional(), "where it stands", { unit: "°", absent: "not known" }),
});

const network = section({
  model: key(
    text(),
    "int8 network with its normalizer.bin; float.tflite beside it decides on deferrals, if it is there",
  ),
  sequence: key(whole(1, 0xffff_ffff), "sequence of the package that brings it to nodes"),
});

/** Each package once. */
const networks = list(network, 0, 1000)
  .default([])
  .superRefine((all, context) => {
    all.forEach(({ sequence }, i) => {
      const first = all.findIndex((one) => one.sequence === sequence);
      const message = `another one than networks[${first}] has: a package brings one network`;
      if (first < i) context.addIssue({ code: "custom", path: [i, "sequence"], message });
    });
  });

const cloudSchema = section({
  node: key(text().optional(), "node description", { absent: "node.config.json of this folder or one above" }),
  model: key(
    text().optional(),
    "the network of the nodes' firmware; float.tflite beside it decides on deferrals, if it is there",
    { absent: "the one trained last, else the firmware's" },
  ),
  networks: key(networks, "networks that packages bring to nodes"),
  database: key(
    text().default("cloud.db"),
    "file for SQLite, or URL of a PostgreSQL database; the environment variable DATABASE_URL has precedence",
  ),
  network: key(
    variants("kind", [own, chirpstack, things], ["own", "chirpstack", "things"]).prefault({ kind: "own" }),
    "where uplinks come from",
  ),
  names: key(list(label, 0, 100000).default([]), "names and places of nodes"),
  http,
  alarms: alarmsKey,
});

export type NetworkConfig = CloudConfig["network"];
export type CloudConfig = z.output<typeof cloudSchema>;

/** @throws ConfigError naming each wrong key */
export function checkCloudConfig(value: unknown): CloudConfig {
  const result = cloudSchema.safeParse(value);
  if (result.success) return result.data;
  const findings = new Findings(value, "the cloud's description");
  for (const issue of result.error.issues) addIssue(findings, issue);
  throw new ConfigError(findings.of("error"));
}

/** Paths in it are relative to its folder. @param file default: cloud.config.json of the working folder, if there is one @throws UserError naming file and keys */
export async function readCloudConfig(file?: string): Promise<CloudConfig> {
  const config = await readConfigFile(file ?? (existsSync(cloudConfigName) ? cloudConfigName : undefined));
  const { DATABASE_URL: database } = process.env;
  return {
    ...config,
    ...(database && { database }),
    network: withSecrets(config.network),
    alarms: withAlarmSecrets(config.alarms),
  };
}

/** Those of the environment, which are in no file. */
function withSecrets(network: NetworkConfig): NetworkConfig {
  const { MQTT_PASSWORD: password, STATION_TOKEN: token } = process.env;
  if (network.kind !== "own") return password ? { ...network, password } : network;
  return token && network.station ? { ...network, station: { ...network.station, token } } : network;
}

async function readConfigFile(found: string | undefined): Promise<CloudConfig> {
  if (found === undefined) return cloudSchema.parse({});
  try {
    const config = checkCloudConfig(parseJson(await readUserFile(found, "the cloud's description"), found));
    return placed(config, path.dirname(found));
  } catch (error) {
    if (error instanceof ConfigError) throw new UserError(`${found}: ${error.message}`);
    throw error;
  }
}

function placed(config: CloudConfig, folder: string): CloudConfig {
  const at = <T extends string | undefined>(file: T): T =>
    (file === undefined || /^[a-z]+:\/\//.test(file) || path.isAbsolute(file) ? file : path.join(folder, file)) as T;
  const { network, http: page, alarms } = config;
  return {
    ...config,
    http: { ...page, cert: at(page.cert), key: at(page.key) },
    alarms: { ...alarms, ...(alarms.mail && { mail: { ...alarms.mail, ca: at(alarms.mail.ca) } }) },
    node: at(config.node),
    model: at(config.model),
    networks: config.networks.map((one) => ({ ...one, model: at(one.model) })),
    database: at(config.database),
    network:
      network.kind === "own" ? placedOwn(network, at) : { ...network, ca: at(network.ca), ...placedPair(network, at) },
  };
}

type At = <T extends string | undefined>(file: T) => T;

const placedPair = ({ cert, key }: { cert?: string | undefined; key?: string | undefined }, at: At) => ({
  cert: at(cert),
  key: at(key),
});

function placedOwn(network: Extract<NetworkConfig, { kind: "own" }>, at: At): NetworkConfig {
  const { station } = network;
  return {
    ...network,
    devices: at(network.devices),
    state: at(network.state),
    station: station && { ...station, ...placedPair(station, at) },
  };
}
