import type { SessionPersistence } from "./sessionpersistence.js";
import { parseHex, textBytes } from "../codec/hex.js";
import { readU32 } from "./security.js";
import type { Session } from "./session.js";
import { abpDefaults } from "./defaults.js";
import type { ChannelPlan } from "./channels.js";
import { countOf, planOf } from "./regions/fixed.js";
import { isDownlinkRate, largestRx1Offset, regions } from "./regions/regions.js";
import type { AbpCredentials, LinkOptions, OtaaCredentials, RegionName } from "./types.js";

const regionNames = Object.keys(regions) as RegionName[];

export function isAbp(credentials: OtaaCredentials | AbpCredentials): credentials is AbpCredentials {
  return "devAddr" in credentials;
}

/**
 * Restores the stored session, or begins one when there is none or it belongs to other credentials.
 * @returns the AppKey for OTAA, nothing for ABP
 */
export function openSession(
  options: LinkOptions,
  session: Session,
  persistence: SessionPersistence,
): { appKey: Uint8Array | undefined } {
  const { credentials } = options;
  const { channels } = session;
  const { region } = channels;
  const plan = checkPlan(options, channels);
  const abp = isAbp(credentials) ? readAbp(credentials) : undefined;
  const appKey = isAbp(credentials) ? undefined : parseHex(credentials.appKey, 16, "appKey");
  const key = abp ? abp.nwkSKey : appKey!;
  const owner = fingerprint(options, options.region, key);
  // Of these credentials in another region: its records have other channels and bands.
  const isMoved = (found: number): boolean =>
    found !== owner && regionNames.some((name) => found === fingerprint(options, name, key));
  const stored = persistence.load((found) => !isMoved(found));
  if (stored && session.owner === owner) return { appKey };
  if (session.owner !== owner) {
    // The join server counts the nonces on, whatever the region.
    const keepsNonces = isMoved(session.owner);
    session.owner = owner;
    if (!keepsNonces) {
      session.devNonce = 0;
      session.joinNonce = -1;
    }
  }
  session.resetLink(region, options.subBand ?? 0, plan);
  session.dataRate = options.dataRate ?? slowestRate(options, session);
  session.joined = abp !== undefined;
  if (abp) {
    applyAbp(credentials as AbpCredentials, session);
    session.devAddr = abp.devAddr;
    session.nwkSKey.set(abp.nwkSKey);
    session.appSKey.set(abp.appSKey);
  }
  if (!channels.supports(session.dataRate))
    throw new RangeError(`dataRate ${session.dataRate}: no channel of ${options.region} supports it`);
  persistence.saveAll();
  return { appKey };
}

/** @throws RangeError for a setting that the region does not have */
function applyAbp(credentials: AbpCredentials, session: Session): void {
  const { channels } = session;
  const { region } = channels;
  const {
    rxDelay = abpDefaults.rxDelay,
    rx1Offset = abpDefaults.rx1Offset,
    rx2DataRate = region.rx2.dataRate,
    rx2Frequency = channels.rx2Frequency(),
    channels: more = [],
  } = credentials;
  if (rx1Offset > largestRx1Offset(region))
    throw new RangeError(`rx1Offset ${rx1Offset}: 0 to ${largestRx1Offset(region)} expected`);
  if (!isDownlinkRate(region, rx2DataRate)) throw new RangeError(`rx2DataRate ${rx2DataRate}: no downlink has it`);
  const first = region.defaultChannels.length;
  if (more.length > 0 && (region.plan === "fixed" || first + more.length > channels.count))
    throw new RangeError(
      `channels: ${region.plan === "fixed" ? "the plan has fixed ones" : `at most ${channels.count - first} expected`}`,
    );
  for (const frequency of [rx2Frequency, ...more])
    if (!channels.inRange(frequency)) throw new RangeError(`frequency ${frequency}: not in the region`);
  session.rxDelay = rxDelay;
  session.rx1Offset = rx1Offset;
  session.rx2DataRate = rx2DataRate;
  session.rx2Frequency = rx2Frequency;
  more.forEach((frequency, i) => channels.define(first + i, frequency, 0x50));
}

function readAbp(credentials: AbpCredentials): { devAddr: number; nwkSKey: Uint8Array; appSKey: Uint8Array } {
  return {
    devAddr: readU32(parseHex(credentials.devAddr, 4, "devAddr").reverse(), 0),
    nwkSKey: parseHex(credentials.nwkSKey, 16, "nwkSKey"),
    appSKey: parseHex(credentials.appSKey, 16, "appSKey"),
  };
}

/** @returns the fixed plan to begin with. @throws RangeError for a plan or a sub-band that the region does not have, or that is needed and missing */
function checkPlan({ subBand = 0, channelPlan, credentials }: LinkOptions, { region }: ChannelPlan): number {
  const { fixed } = region;
  const plan = planOf(region, channelPlan);
  if (subBand !== 0 && !fixed) throw new RangeError(`subBand ${subBand}: only US915, AU915 and CN470 have sub-bands`);
  if (channelPlan !== undefined && !fixed?.some(({ name }) => name?.startsWith(channelPlan)))
    throw new RangeError(`channelPlan ${channelPlan}: the region has no such plan`);
  if (plan < 0 && (isAbp(credentials) || subBand !== 0))
    throw new RangeError(
      `channelPlan: one of ${fixed!.map(({ name }) => name).join(", ")} expected, with ABP and with a sub-band`,
    );
  const most = fixed ? countOf(fixed[Math.max(0, plan)]!.narrow) >> 3 : 0;
  if (!(Number.isInteger(subBand) && subBand >= 0 && subBand <= most))
    throw new RangeError(`subBand ${subBand}: 1 to ${most} expected`);
  return Math.max(0, plan);
}

/** The slowest data rate that the region's dwell time allows. */
function slowestRate({ region: name }: LinkOptions, session: Session): number {
  const { region } = session.channels;
  const sizes = session.uplinkDwell ? (region.maxPayloadDwell ?? region.maxPayload) : region.maxPayload;
  const rate = sizes.findIndex((bytes, rate) => bytes > 0 && rate >= region.uplinkRates[0]);
  if (rate < 0) throw new RangeError(`region ${name} has no usable data rate`);
  return rate;
}

/** Four bytes that identify credentials and region without revealing a key: the start of a CMAC under the key. */
function fingerprint(options: LinkOptions, region: RegionName, key: Uint8Array): number {
  const { credentials } = options;
  const text =
    `${region} ${isAbp(credentials) ? credentials.devAddr : `${credentials.devEui} ${credentials.joinEui}`}`.toLowerCase();
  const data = textBytes(text);
  const mac = new Uint8Array(16);
  options.crypto.cmac(key, data, data.length, mac);
  return readU32(mac, 0);
}
