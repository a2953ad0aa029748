import Host from "host";
import Resource from "Resource";

const address = Number(String.fromArrayBuffer(new Resource("address").slice(0)));
if (Host.args[0] === "store") native("xs_test_store").call(undefined, address);
if (Host.args[0] === "load") native("xs_test_load").call(undefined, address);
if (Host.args[0] === "call") native("xs_test_call").call(undefined, address);
trace("done\n");
