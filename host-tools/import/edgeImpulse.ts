/** Edge Impulse's data acquisition format, in JSON and in CBOR (docs.edgeimpulse.com, "Data acquisition format"). Signatures are not checked. */
import path from "node:path";
import { decode } from "cborg";
import { z } from "zod";
import { UserError } from "../lib/errors.js";
import { parseJson } from "../lib/json.js";
import { tableOf, type Table } from "./table.js";

const reading = z.number().nullable();
const acquisition = z.object({
  protected: z.object({ iat: z.number().optional() }).optional(),
  payload: z.object({
    interval_ms: z.number().positive(),
    sensors: z.array(z.object({ name: z.string(), units: z.string().optional() })).min(1),
    values: z.array(z.union([z.array(reading), reading])).min(1),
  }),
});

/** Their uploader takes what stands before the first point of a file's name as its label, as in idle.3k2f.json. */
function labelIn(file: string): string | undefined {
  const [first, ...rest] = path.basename(file).split(".");
  return rest.length > 1 ? first : undefined;
}

function tableFrom(file: string, value: unknown, coding: string): Table {
  const result = acquisition.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new UserError(
      `${file}: no data acquisition of Edge Impulse: ${issue!.path.join(".") || "the whole"}: ${issue!.message}`,
    );
  }
  const { protected: head, payload } = result.data;
  const { interval_ms: interval, sensors, values } = payload;
  const label = labelIn(file);
  const short = values.findIndex((row) => Array.isArray(row) && row.length !== sensors.length);
  if (short >= 0)
    throw new UserError(
      `${file}: payload.values[${short}] has another number of readings than there are sensors, ${sensors.length}`,
    );
  return tableOf(
    {
      ...{ file, kind: `Edge Impulse, ${coding}`, rate: 1000 / interval },
      columns: sensors.map(({ name, units }) => ({ name, ...(units && units !== "N/A" && { unit: units }) })),
      ...(label !== undefined && { label }),
      ...(head?.iat && { start: head.iat }),
    },
    values.length,
    (row, column) => {
      const cells = values[row]!;
      return Array.isArray(cells) ? cells[column]! : cells;
    },
  );
}

export const isAcquisition = (text: string): boolean => /^\s*\{/.test(text) && text.includes('"payload"');

export const readAcquisitionJson = (file: string, bytes: Uint8Array): Table =>
  tableFrom(file, parseJson(bytes, file), "JSON");

export function readAcquisitionCbor(file: string, bytes: Uint8Array): Table {
  let value: unknown;
  try {
    value = decode(bytes, { allowUndefined: true, tags: {} });
  } catch (error) {
    throw new UserError(`${file}: not CBOR: ${(error as Error).message}`);
  }
  return tableFrom(file, value, "CBOR");
}
