import { chips } from "../chips.js";
import type { Rule } from "./draft.js";

/** The UART must be one of the chip's. */
export const checkSerial: Rule = ({ serial, chip }, findings) => {
  if (!serial || !chip) return;
  const { title, uarts } = chips[chip];
  if (serial.port >= uarts) findings.expected(["serial", "port"], `0 to ${uarts - 1}, the UARTs of an ${title}`);
};
