/** Any driver after ECMA-419. */
import { z } from "zod";
import { between, choice, interval, key, section, text, variants, whole } from "./fields.js";
import { bus, pin, power } from "./wires.js";

const io = (names: string) => `The driver's \`sensor.io\`: \`embedded:io/${names}\`.`;

const ecma419Bus = variants(
  "io",
  [
    section({
      io: key(choice(["smbus", "i2c"]), io("smbus` or `embedded:io/i2c")),
      ...bus(1_000_000),
      address: key(whole(8, 119), "7 bits."),
    }).meta({
      id: "Ecma419I2C",
      description: "A chip on I2C. The SDK's drivers take `smbus`, unless they read and write bytes.",
    }),
    section({
      io: key(choice(["analog", "digital"]), io("analog` or `embedded:io/digital")),
      pin: pin("The pin."),
    }).meta({ id: "Ecma419Pin", description: "A sensor on one pin." }),
  ],
  ["smbus", "i2c", "analog", "digital"],
).meta({ id: "Ecma419Bus", description: "The option `sensor` of the driver's constructor." });

export const ecma419 = section({
  chip: key(
    z.literal("ecma419"),
    "Any chip that the Moddable SDK, or the node's folder, has an ECMA-419 sensor driver for.",
  ),
  driver: key(text(), "The driver's module, such as `embedded:sensor/Barometer-Temperature/BMP280`."),
  manifest: key(
    text().optional(),
    "The manifest that has the driver, relative to this file: `./drivers/manifest.json`.",
    {
      absent: "The SDK's manifest of the driver.",
    },
  ),
  quantity: key(
    text(),
    "The value in the driver's sample: `temperature`, `accelerometer.x`; several sensors may share the driver.",
  ),
  sensor: key(ecma419Bus, "How the chip is wired."),
  settings: key(z.record(z.string(), z.unknown(), "an object").optional(), "Passed to the driver's `configure`.", {
    absent: "`configure` gets an empty object.",
  }),
  scale: key(between(-1e6, 1e6).default(1), "The sensor's value per unit of the driver's."),
  offset: key(between(-1e6, 1e6).default(0), "The sensor's value where the driver's is 0."),
  fullScale: key(
    interval().optional(),
    "The lowest and highest value that the chip gives with these settings; `range` must lie within.",
    {
      unit: "the sensor's",
      absent: "`range` is not compared with the chip.",
    },
  ),
  ...power,
}).meta({
  id: "Ecma419Hardware",
  description:
    "A driver after ECMA-419's sensor class pattern, read `rate` times a second: docs/sensors.md has a table of the SDK's.",
});
