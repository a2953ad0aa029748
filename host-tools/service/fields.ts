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
