/** RIFF WAVE files (Microsoft and IBM, 1991; WAVE_FORMAT_EXTENSIBLE, 2001): PCM of 8 to 32 bits, and IEEE floats. */
import { UserError } from "../lib/errors.js";
import { tableOf, type Table } from "./table.js";

const pcm = 1;
const float = 3;
const extensible = 0xfffe;

interface Format {
  code: number;
  channels: number;
  rate: number;
  bits: number;
}

const nameAt = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));

/** Chunks by name: the first of each, and where it lies. */
function chunksOf(view: DataView): Map<string, { at: number; bytes: number }> {
  const found = new Map<string, { at: number; bytes: number }>();
  for (let at = 12; at + 8 <= view.byteLength;) {
    const bytes = Math.min(view.getUint32(at + 4, true), view.byteLength - at - 8);
    const name = nameAt(view, at);
    if (!found.has(name)) found.set(name, { at: at + 8, bytes });
    at += 8 + bytes + (bytes % 2);
  }
  return found;
}

function formatOf(view: DataView, at: number): Format {
  const code = view.getUint16(at, true);
  return {
    code: code === extensible ? view.getUint16(at + 24, true) : code,
    channels: view.getUint16(at + 2, true),
    rate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
}

/** A sample, of which 1 is the full scale. */
function readerOf({ code, bits }: Format, view: DataView): ((at: number) => number) | undefined {
  if (code === float && bits === 32) return (at) => view.getFloat32(at, true);
  if (code === float && bits === 64) return (at) => view.getFloat64(at, true);
  if (code !== pcm) return undefined;
  if (bits === 8) return (at) => (view.getUint8(at) - 128) / 128;
  if (bits === 16) return (at) => view.getInt16(at, true) / 2 ** 15;
  if (bits === 24) return (at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 2 ** 23;
  return bits === 32 ? (at) => view.getInt32(at, true) / 2 ** 31 : undefined;
}

export const isWav = (bytes: Uint8Array): boolean =>
  /^RIFF[^]{4}WAVE/.test(Buffer.from(bytes.subarray(0, 12)).toString("latin1"));

/** A table with a column for each channel: 1, 2. @throws UserError for other codings, and a file without sound */
export function readWav(file: string, bytes: Uint8Array): Table {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = chunksOf(view);
  const [head, data] = [chunks.get("fmt "), chunks.get("data")];
  if (!head || head.bytes < 16 || !data)
    throw new UserError(`${file}: a WAV file without ${head ? "sound" : "its format"}`);
  const format = formatOf(view, head.at);
  const read = readerOf(format, view);
  const { channels, rate, bits, code } = format;
  if (!read || channels === 0)
    throw new UserError(
      `${file}: WAV of coding ${code} with ${bits} bits; expected PCM of 8, 16, 24 or 32 bits, or floats of 32 or 64: convert it with ffmpeg -i IN -c:a pcm_s16le OUT`,
    );
  const width = bits / 8;
  const columns = Array.from({ length: channels }, (_, at) => ({ name: String(at + 1), unit: "full scale" }));
  return tableOf(
    { file, kind: `WAV, ${bits} bits, ${rate} Hz`, columns, rate, isSound: true },
    Math.floor(data.bytes / (width * channels)),
    (row, column) => read(data.at + width * (row * channels + column)),
  );
}
