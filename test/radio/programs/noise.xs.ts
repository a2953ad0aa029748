import Host from "host";
import Radio, { type Chip } from "lora";

/** Four random numbers of the radio, one per line. */
export default async function main() {
  const radio = new Radio({ chip: Host.args[0] as Chip });
  for (let i = 0; i < 4; i++) trace(`${await radio.random()}\n`);
  radio.close();
}
