import Flash from "flash";
import Host from "host";

const flash = new Flash("outbox");
const show = () => trace(new Uint8Array(flash.read(0, 8) as ArrayBuffer).join(), "\n");

show();
if (Host.args[0] === "write") {
  flash.erase(0);
  flash.write(0, 4, Uint8Array.of(1, 2, 3, 4));
  flash.write(4, 4, Uint8Array.of(5, 6, 7, 8));
  show();
}
