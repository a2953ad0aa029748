import Host from "host";
import Inference from "inference";
import Resource from "Resource";

/* Runs the resource model.tflite on input.bin, and prints what it saw as one line of JSON. Arguments: arena bytes, "copy". */
const [arena = "49152", how = "place"] = Host.args;
const hex = (data: Int8Array) => Array.from(data, (value) => (value & 0xff).toString(16).padStart(2, "0")).join("");

const resource = new Resource("model.tflite");
const input = new Resource("input.bin");
const inference = new Inference({ model: how === "copy" ? resource.slice(0) : resource, arena: Number(arena) });
const from = inference.input();
const to = inference.output();
const outputs: string[] = [];
for (let run = 0; run < 3; run++) {
  // The third run is the first again, whatever the model remembers.
  if (run === 2) inference.reset();
  from.data.set(new Int8Array(input as unknown as ArrayBuffer));
  inference.invoke();
  outputs.push(hex(to.data));
}
const seen = {
  outputs,
  arenaUsed: inference.arenaUsed,
  backend: inference.backend,
  input: { type: from.type, shape: from.shape, scale: from.scale, zeroPoint: from.zeroPoint },
  output: { type: to.type, shape: to.shape, scale: to.scale, zeroPoint: to.zeroPoint },
};
inference.close();
inference.close();
const thrown: string[] = [];
for (const after of [() => to.data[0], () => inference.invoke(), () => inference.output()] as (() => unknown)[]) {
  try {
    const value = after();
    thrown.push(`nothing: ${String(value)}`);
  } catch (error) {
    thrown.push(String(error));
  }
}
trace(JSON.stringify({ ...seen, thrown }), "\n");
