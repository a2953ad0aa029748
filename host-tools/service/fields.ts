/** The types of values that only the cloud's description has. */
import { z } from "zod";

export function brokerUrl() {
  const right = "mqtt://HOST:PORT, or with TLS mqtts://HOST:PORT, and nothing else in it";
  return z
    .string(right)
    .regex(/^(?:mqtts?|wss?):\/\/(?:[^\s/@:?#[\]]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?(?:\/[^\s@]*)?$/, right);
}

export function uuid() {
  const right = "a UUID such as 17c82e96-be03-4f38-aef3-f83d48582d97, as ChirpStack shows it";
  return z
    .string(right)
    .regex(/^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, right)
    .transform((value) => value.toLowerCase());
}

export function thingsName() {
  const right = "an ID: lower-case letters, digits and single hyphens, 2 to 36 of them, without the tenant";
  return z.string(right).regex(/^(?=.{2,36}$)[a-z0-9](?:-?[a-z0-9])+$/, right);
}

/** "": none. */
export function topicPrefix() {
  const right = 'the beginning of a topic that ends in "/", without + and #';
  return z.string(right).regex(/^(?:[^+#\0]*\/)?$/, right);
}

export function topic() {
  const right = 'a topic such as "loam", without + and #, not ending in "/"';
  return z.string(right).regex(/^[^+#\0]*[^+#\0/]$/, right);
}

export function webhookUrl() {
  const right = "https://HOST/PATH or http://HOST/PATH, without user and password";
  return z.string(right).refine((value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, username, password } = new URL(value);
    return /^https?:$/.test(protocol) && username === "" && password === "";
  }, right);
}

export const webhookSecretRule = "whsec_ and 24 to 64 random bytes as base64: echo whsec_$(openssl rand -base64 32)";
const secretForm = /^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})?$/;

export const isWebhookSecret = (value: string): boolean => secretForm.test(value);

export const webhookSecret = () => z.string(webhookSecretRule).regex(secretForm, webhookSecretRule);

export function mailServer() {
  const right = "smtp://HOST:PORT, or with TLS smtps://HOST:PORT, and nothing else in it";
  return z.string(right).regex(/^smtps?:\/\/(?:[^\s/@:?#[\]]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?\/?$/, right);
}

export const emailAddress = () => z.email("an e-mail address");
