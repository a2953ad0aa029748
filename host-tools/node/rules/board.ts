import { boardOf, radioLinesOf } from "../boards.js";
import type { Board } from "../boards/board.js";
import type { Findings } from "../findings.js";
import type { Draft, Rule } from "./draft.js";
import { linesOf } from "./pins.js";
import { i2cOf, type Line } from "./wiring.js";

/** What the board itself has on its pins cannot be used otherwise. */
export const checkBoard: Rule = (draft, findings) => {
  if (!draft.board) return;
  const board = boardOf(draft.board);
  if (draft.chip && draft.chip !== board.chip)
    findings.expected(["chip"], `"${board.chip}", the chip of the ${board.title}, or no such key`);
  for (const line of linesOf(draft)) checkLine(board, line, findings);
  checkAddresses(board, draft, findings);
};

function checkLine(board: Board, line: Line, findings: Findings): void {
  const { pin, path } = line;
  const on = `GPIO${pin} on the ${board.title}`;
  const other = otherUse(board, line);
  if (other !== undefined) return findings.expected(path, `another pin: ${on} ${other}`);
  const shared = board.shared[pin];
  if (shared !== undefined) findings.add("warning", path, `: ${on} ${shared}`);
}

/** What the board has on a pin, if it is not what the pin is used for. */
function otherUse(board: Board, { pin, use, path, level }: Line): string | undefined {
  const { wired, i2c, button, led, battery, supply } = board;
  const line = radioLinesOf(board).find(([, of]) => of === pin)?.[0];
  if (line !== undefined) return `is wired to the radio (${line})`;
  if (i2c && (pin === i2c.data || pin === i2c.clock)) {
    const wire = pin === i2c.data ? "data" : "clock";
    if (use !== "bus" || path.at(-1) !== wire) return `is the I2C ${wire} of ${Object.values(i2c.chips).join(", ")}`;
  }
  if (pin === button) return "is the button's, which connects it to ground";
  if (pin === led && use !== "actuator") return "drives the LED";
  if (pin === battery?.pin && use !== "analog") return "measures the battery";
  if (pin === supply?.pin && !(use === "supply" && level === supply.level))
    return `switches ${supply.name}: it may be the "power" of sensors there, with "level": ${supply.level}`;
  return wired[pin];
}

/** Sensors may be on the board's own bus, at other addresses. */
function checkAddresses({ i2c, title }: Board, { sensors }: Draft, findings: Findings): void {
  sensors.forEach((sensor, index) => {
    const own = sensor?.hardware && i2cOf(sensor.hardware);
    const chip = own && own.wiring.data === i2c?.data ? i2c.chips[own.wiring.address] : undefined;
    if (own && chip !== undefined)
      findings.expected(
        ["sensors", index, "hardware", ...own.path, "address"],
        `another address than ${own.wiring.address}, which is ${chip} of the ${title}`,
      );
  });
}
