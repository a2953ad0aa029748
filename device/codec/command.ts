import { PayloadError, commands, payloadVersion, type Command } from "./types.js";

/** 1 byte: version, and the command's code. */
export const encodeCommand = (command: Command): Uint8Array => Uint8Array.of((payloadVersion << 4) | commands[command]);

/** @throws PayloadError */
export function decodeCommand(bytes: Uint8Array): Command {
  if (bytes.length !== 1) throw new PayloadError(`command: ${bytes.length} bytes, 1 expected`);
  const version = bytes[0]! >> 4;
  if (version !== payloadVersion)
    throw new PayloadError(`command: version ${version}, this codec reads version ${payloadVersion}`);
  const code = bytes[0]! & 15;
  for (const [name, value] of Object.entries(commands)) if (value === code) return name as Command;
  throw new PayloadError(`command: unknown code ${code}`);
}
