import { chipKey } from "../../../device/sensors/field/chipkey.js";
import { boardOf } from "../boards.js";
import { chips, uart0, type NodeChip } from "../chips.js";
import { pathText } from "../../lib/jsonPath.js";
import type { Findings } from "../findings.js";
import type { Draft, Rule } from "./draft.js";
import { busOf, i2cOf, sensorLines, type Line, type Use } from "./wiring.js";

const radioLines = {
  clock: "output",
  dataOut: "output",
  dataIn: "input",
  select: "output",
  reset: "output",
  busy: "input",
  dio0: "input",
  dio1: "input",
  txEnable: "output",
  rxEnable: "output",
} as const satisfies Record<string, Use>;

/** Every pin that the description uses; of the radio's only those that the board does not say, which its maker has answered for. */
export function linesOf({ board, sensors, actuators, battery, radio, serial }: Draft): Line[] {
  const lines: Line[] = [];
  sensors.forEach((sensor, index) => {
    if (sensor?.hardware) lines.push(...sensorLines(sensor.hardware, ["sensors", index, "hardware"]));
  });
  if (battery) lines.push({ pin: battery.pin, use: "analog", path: ["battery", "pin"] });
  const { enable } = battery ?? {};
  if (enable && enable.pin !== (board && boardOf(board).battery?.enable?.pin))
    lines.push({ pin: enable.pin, use: "output", path: ["battery", "enable", "pin"] });
  const pins: Partial<Record<keyof typeof radioLines, number>> = radio?.board.pins ?? {};
  const ofBoard: typeof pins = (board && boardOf(board).radio?.pins) ?? {};
  for (const [line, use] of Object.entries(radioLines)) {
    const pin = pins[line as keyof typeof radioLines];
    if (pin !== undefined && pin !== ofBoard[line as keyof typeof radioLines])
      lines.push({ pin, use, path: ["radio", "board", "pins", line] });
  }
  const usb = board && boardOf(board).serial;
  for (const line of ["transmit", "receive"] as const)
    if (serial && serial[line] !== usb?.[line])
      lines.push({ pin: serial[line], use: line === "transmit" ? "output" : "input", path: ["serial", line] });
  actuators.forEach((actuator, index) => {
    if (actuator) lines.push({ pin: actuator.pin, use: "actuator", path: ["actuators", index, "pin"] });
  });
  return lines;
}

/** Pins must exist on the chip, support their use, and be used once. */
export const checkPins: Rule = (draft, findings) => {
  const lines = linesOf(draft);
  lines.forEach((line, index) => {
    const first = lines.slice(0, index).find((other) => other.pin === line.pin);
    if (first && (line.shared === undefined || first.shared !== line.shared))
      findings.expected(line.path, `an unused pin: ${pathText(first.path)} uses this one`);
  });
  checkBuses(draft, findings);
  checkSupplies(draft, findings);
  if (draft.chip) for (const line of lines) checkLine(chips[draft.chip], line, draft.board === undefined, findings);
};

/** @param isAnyBoard what a pin is used for on some boards is known of the board that is named */
function checkLine(chip: NodeChip, { pin, use, path }: Line, isAnyBoard: boolean, findings: Findings): void {
  const on = `on an ${chip.title}`;
  if (!chip.pins.some(([first, last]) => pin >= first && pin <= last)) {
    const runs = chip.pins.map(([first, last]) => `${first} to ${last}`).join(", ");
    return findings.expected(path, `a pin that exists ${on}: ${runs}`);
  }
  if (chip.flash.includes(pin))
    return findings.expected(path, `another pin: GPIO${pin} ${on} is connected to the program flash`);
  if (chip.inputOnly.includes(pin) && use !== "input" && use !== "analog")
    return findings.expected(path, `a pin that can be an output: ${listOf(chip.inputOnly)} ${on} are input-only`);
  if (use === "analog" && !chip.analog.includes(pin))
    return findings.expected(path, `a pin with an ADC: ${listOf(chip.analog)} ${on}`);
  checkStrapping(chip, { pin, use, path }, findings);
  const other = chip.shared[pin];
  const isMeant = path[0] === "serial" && other === uart0;
  if (other !== undefined && isAnyBoard && !isMeant) findings.add("warning", path, `: GPIO${pin} ${on} ${other}`);
}

/** A bus is pulled high; the load on an actuator's or a supply's pin may pull it either way; a line to the radio drives it only weakly at reset. */
function checkStrapping(chip: NodeChip, { pin, use, path }: Line, findings: Findings): void {
  const strapping = chip.strapping[pin];
  if (!strapping) return;
  const { level, decides, otherwise } = strapping;
  if (use === "bus" && level === "high") return;
  const why = `GPIO${pin} on an ${chip.title} is a strapping pin: it must be ${level} at reset, else ${otherwise}`;
  if (decides === "boot" && (use === "actuator" || use === "supply" || use === "bus"))
    findings.expected(path, `another pin: ${why}`);
  else findings.add(decides === "log" ? "note" : "warning", path, `: ${why}`);
}

/** At most one bus per I2C controller of the chip, and one chip per address. */
function checkBuses({ sensors, chip }: Draft, findings: Findings): void {
  const buses = new Map<string, Map<number, number>>();
  sensors.forEach((sensor, index) => {
    const i2c = sensor?.hardware && i2cOf(sensor.hardware);
    if (!i2c) return;
    const { wiring } = i2c;
    const path = ["sensors", index, "hardware", ...i2c.path];
    if (wiring.data === wiring.clock) return findings.expected([...path, "clock"], "a different pin than data");
    const bus = busOf(wiring);
    if (!buses.has(bus)) {
      buses.set(bus, new Map());
      if (chip && buses.size > chips[chip].i2cBuses)
        findings.expected(
          [...path, "data"],
          `the pins of another sensor's bus: an ${chips[chip].title} has ${chips[chip].i2cBuses} I2C controller${chips[chip].i2cBuses === 1 ? "" : "s"}`,
        );
    }
    const first = buses.get(bus)!.get(wiring.address);
    if (first === undefined) buses.get(bus)!.set(wiring.address, index);
    else if (chipKey(sensors[first]!.hardware!) !== chipKey(sensor.hardware!))
      findings.expected([...path, "address"], `a different address than sensors[${first}], which is another chip`);
  });
}

/** A chip without supply draws current from the lines of its bus, and may keep them low for the others. */
function checkSupplies({ sensors }: Draft, findings: Findings): void {
  const buses = new Map<string, { supply: number | undefined; index: number }>();
  sensors.forEach((sensor, index) => {
    const i2c = sensor?.hardware && i2cOf(sensor.hardware);
    if (!i2c) return;
    const bus = busOf(i2c.wiring);
    const supply = sensor.hardware!.power?.pin;
    const first = buses.get(bus);
    if (!first) return void buses.set(bus, { supply, index });
    if (first.supply === supply) return;
    const path = ["sensors", index, "hardware", ...i2c.path, "address"];
    const other = first.supply === undefined ? "is always supplied" : `is supplied by GPIO${first.supply}`;
    findings.add(
      "warning",
      path,
      `: sensors[${first.index}] on the same I2C bus ${other}, this one ${supply === undefined ? "is always" : `by GPIO${supply}`}: a chip without supply may keep the bus low; give all of them the same "power", with the bus's pull-ups behind it`,
    );
  });
}

const listOf = (pins: readonly number[]): string => pins.join(", ");
