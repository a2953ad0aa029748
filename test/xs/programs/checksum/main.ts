import { CRC8 } from "crc";

const crc = new CRC8(0x31, 0xff);
trace(`${crc.checksum(Uint8Array.of(0xbe, 0xef).buffer).toString(16)}\n`);
crc.close();
