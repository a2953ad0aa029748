/** Generates docs/boards.md from the table of boards. */
import { boardNames, boardOf, radioLinesOf, type BoardName } from "./boards.js";
import type { Board } from "./boards/board.js";
import { chips } from "./chips.js";

const head = `# Boards

<!-- Generated from the table of boards (host-tools/node/boards) by \`npm run generate\`: do not edit. -->

A node description names its board in one line, \`"board": "heltec-v3"\`, and then needs no \`chip\` and no \`radio.board\`: radio pins, TCXO, RF switch and
regulator come from the board's entry, whose sources are listed below. \`loam check\` refuses a pin that the board itself uses, and says for what. A key of \`radio.board\`
overrides the board's; name \`chip\` with it.

| board | name | chip, flash | LoRa | USB | deep sleep, whole board without LoRa |
| --- | --- | --- | --- | --- | --- |
${boardNames.map(row).join("\n")}

These pages have not been tried on hardware yet: the SDK's \`mcconfig\` takes each board, pins come from the cited pages and variant files, and the firmware ran on emulated
chips only ([firmware.md](firmware.md)). Tell us what differs.

## From the box to the first verdict

Once per machine. \`loam device --check\` says the one thing that is missing, until nothing is:

\`\`\`
npx xs-dev setup --release 8.2.3            # the Moddable SDK
npx xs-dev setup --device esp32             # ESP-IDF 6.0 and Python
. ~/.local/share/xs-dev-export.sh           # in each terminal, unless your profile has it
npx loam device heltec-v3 --check
\`\`\`

**Antenna first**: a radio that transmits without one may break.

1. **Describe the node.** \`npx loam-node init mynode --board heltec-v3 && cd mynode && npm install\`. Sensors and actuators have free pins of the board, as far as there are some: what has none is
   said. Change \`node.config.json\` to how yours are wired, and set \`region\`.

   \`\`\`
   npx loam check
   \`\`\`

2. **Register it.** \`devEui\`, \`joinEui\` and \`appKey\` of \`node.config.json\` go to your network server, as an OTAA device of LoRaWAN 1.0.4. Or run loam's own
   for a gateway with the Semtech packet forwarder: \`npx loam gateway\`.
3. **Flash it, and see the log.** On a board with USB of its own hold BOOT, press RESET, release BOOT when the command asks for it.

   \`\`\`
   npx loam device --monitor
   \`\`\`

   More than one serial port: \`UPLOAD_PORT=/dev/ttyUSB0 npx loam device --monitor\`.
4. **First join.** \`{"event":"start",...}\`, then \`{"event":"link",..."state":"joining"}\` and \`{"event":"link",..."state":"joined"}\`. \`radio failed\` with
   a description of another board: the TCXO or the pins are those of the other one. Joining for minutes: wrong region or keys, or no gateway in reach.
5. **First verdict.** After the first window \`{"event":"verdict",...}\` and an uplink. Without sensors, a recording runs on the board through the same network:

   \`\`\`
   npx loam device --monitor --manifest node_modules/loam/device/replay/manifest.json
   \`\`\`

6. **Debug it live.** Without \`--monitor\`, xsbug opens: breakpoints at lines of loam's TypeScript, instruments, console. [docs/debugging.md](debugging.md) has more.

   \`\`\`
   npx loam device
   npx loam device --target xsbug           # again later, without building and flashing
   \`\`\`

7. **For the field**: \`npx loam device --release\`.

\`mcconfig\` of the SDK builds the same: \`LOAM_NODE_CONFIG=$PWD/build/firmware/node.config.json mcconfig -d -m -p esp32:node_modules/loam/device/boards/heltec-v3\`.
\`build/firmware/node.config.json\` is the description with what the board says filled in, and is written by every \`loam device\`; without the variable \`mcconfig\` embeds \`node.config.json\` as it
stands, and a node whose description only names its board says so at its start. \`mcconfig\` makes small letters of its path after \`-p\`.
By itself it leaves an earlier copy where a description or network is older than that: \`touch\` the file.

**Debug builds** are larger by some 80 KB, and have no room in one of two slots of 4 MB. \`loam device\` without \`--release\` gives them a partition table with one slot (\`device/partitionsDebug.csv\`; with \`mcconfig\` by itself
\`PARTITIONS_FILE=...\`): such a node takes no firmware over the serial line. All other partitions are in the same place, so that a node's state stays over a change between the two.
`;

export const boardPage = (): string => [head, ...boardNames.map(section)].join("\n");

function row(name: BoardName): string {
  const { title, chip, flash, radio, usb, sleepCurrent } = boardOf(name);
  const sleep = sleepCurrent
    ? `${sleepCurrent.microamperes} µA ([source](${sleepCurrent.source}))`
    : "no figure with a source";
  const link = `[\`${name}\`](#${name})`;
  return `| ${[link, title, `${chips[chip].title}, ${flash} MB`, radio?.chip.toUpperCase() ?? "a module of yours", usb === "uart" ? "serial chip" : "its own", sleep].join(" | ")} |`;
}

function section(name: BoardName): string {
  const board = boardOf(name);
  const rows = usesOf(board).map(([pins, use]) => `| ${pins} | ${use} |`);
  const { i2c, analog, outputs } = board.free;
  const free = [
    i2c && `I2C data ${i2c.data}, clock ${i2c.clock}`,
    analog.length > 0 && `analog ${analog.join(", ")}`,
    outputs.length > 0 && `outputs ${outputs.join(", ")}`,
  ].filter(Boolean);
  return `## ${name}

${board.title}. Free to begin with: ${free.join("; ")}.

| GPIO | on the board |
| --- | --- |
${rows.join("\n")}
${board.radio ? `\nRadio: ${radioOf(board.radio)}.\n` : "\nThe radio module is wired as `radio.board` says ([docs/node.md](node.md#radioboard-sx1261-or-sx1262)).\n"}
${board.checked}

Sources: ${board.sources.map((source) => (source.startsWith("https:") ? `<${source.replaceAll("(", "%28").replaceAll(")", "%29")}>` : source)).join("; ")}.
`;
}

function usesOf(board: Board): [pins: string, use: string][] {
  const { wired, shared, i2c, button, led, battery, supply } = board;
  const uses = [...Object.entries(wired), ...Object.entries(shared)];
  return [
    ...radioLinesOf(board).map(([line, pin]): [string, string] => [String(pin), `radio: ${line}`]),
    ...(i2c
      ? [
          [
            `${i2c.data}, ${i2c.clock}`,
            `I2C data and clock of ${Object.values(i2c.chips).join(", ")}; sensors may share it`,
          ] as [string, string],
        ]
      : []),
    ...(button === undefined ? [] : [[String(button), "the user's button"] as [string, string]]),
    ...(led === undefined ? [] : [[String(led), "the user's LED; an actuator may switch it"] as [string, string]]),
    ...(battery ? [[String(battery.pin), batteryOf(battery)] as [string, string]] : []),
    ...(supply
      ? [
          [
            String(supply.pin),
            `switches ${supply.name}; as \`power\` of sensors there with \`level\` ${supply.level}`,
          ] as [string, string],
        ]
      : []),
    ...uses.map(([pin, use]): [string, string] => [pin, use]),
  ];
}

const batteryOf = ({ ratio, enable }: NonNullable<Board["battery"]>): string =>
  `the battery's voltage, divided by ${ratio}${enable ? ` while GPIO${enable.pin} is ${enable.level ? "high" : "low"}` : ""}; an analog sensor may read it`;

function radioOf({
  chip,
  tcxoVoltage,
  tcxoDelay,
  regulator,
  rfSwitch,
  paPin,
  pins,
}: NonNullable<Board["radio"]>): string {
  return [
    chip.toUpperCase(),
    tcxoVoltage ? `TCXO of ${tcxoVoltage} V, ready after ${tcxoDelay} ms` : "a crystal",
    regulator && `regulator \`${regulator}\``,
    rfSwitch &&
      `RF switch \`${rfSwitch}\`${pins?.rxEnable === undefined ? "" : " to the transmitter, rxEnable to the receiver"}`,
    paPin && `PA \`${paPin}\``,
  ]
    .filter(Boolean)
    .join(", ");
}
