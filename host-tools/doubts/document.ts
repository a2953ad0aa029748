import { z } from "zod";
import type { DoubtPage } from "../store/doubts.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { jsonKind } from "../lib/fileKinds.js";
import { parseJson } from "../lib/json.js";

/** Doubts with the networks that they name: what the API answers a page of, and a file holds. */
export type Doubts = Pick<DoubtPage, "networks" | "doubts">;

const count = z.int().min(1).max(255);
const label = z.int().min(0).max(255);
const names = z.array(z.string()).min(1);

const network = z.object({
  profile: z.string(),
  frames: count,
  features: names,
  classes: names,
  mean: z.array(z.number()),
  deviation: z.array(z.number().min(0)),
  scale: z.number().positive(),
  zeroPoint: z.int().min(-128).max(127),
});

const doubt = z.object({
  id: z.int(),
  devEui: z.string().regex(/^[0-9a-f]{16}$/),
  sequence: z.int(),
  at: z.number(),
  label,
  confidence: z.number().min(0).max(1),
  decidedLabel: label.nullable(),
  personLabel: label.nullable(),
  frames: count,
  features: count,
  pool: count,
  bits: z.int().min(1).max(8),
  window: z.base64(),
  network: z.string().nullable(),
});

const doubts = z.object({ networks: z.record(z.string(), network), doubts: z.array(doubt) });
const page = doubts.extend({ next: z.int().nullable() });

/** @param from where it comes from, for the message @throws UserError naming the place in it */
function check<T>(schema: z.ZodType<T>, value: unknown, from: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new UserError(`${from}: no doubts of a loam cloud: ${path.join(".")}${path.length ? ": " : ""}${message}`);
}

export const checkPage = (value: unknown, from: string): DoubtPage => check(page, value, from);

/** @throws UserError */
export const readDoubts = async (file: string): Promise<Doubts> =>
  check(doubts, parseJson(await readUserFile(file, "the doubts"), file), file);

export const doubtsKind = jsonKind(
  "doubts of a cloud",
  ({ networks, doubts: list }) => typeof networks === "object" && Array.isArray(list),
);
