import Host from "host";
import Inference from "inference";
import Resource from "Resource";

/* Runs the resource model.tflite on input.bin, which does not lie in the arena, and prints what it saw as one line of JSON. Argument: arena bytes. */
const [arena = "49152"] = Host.args;
const hex = (data: Int8Array) => Array.from(data, (value) => (value & 0xff).toString(16).padStart(2, "0")).join("");

const model = new Resource("model.tflite");
const frame = new Resource("input.bin");
const inference = new Inference({ model, arena: Number(arena), externalInputs: [0] });
const output = inference.output();
const thrown: string[] = [];
function attempt(what: () => void): void {
  try {
    what();
    thrown.push("nothing");
  } catch (error) {
    thrown.push(String(error));
  }
}
function run(): string {
  inference.invoke();
  return hex(output.data);
}
/** More garbage than there is room for: what is alive moves when it is collected. */
function churn(): void {
  for (let i = 0; i < 500; i++) new ArrayBuffer(4000 + i).slice();
}

attempt(() => inference.invoke());
const bytes = frame.slice(0);
inference.bindInput(frame);
const fromResource = run();
attempt(() => inference.bindInput(new ArrayBuffer(bytes.byteLength - 1)));
const larger = new Uint8Array(bytes.byteLength + 8);
attempt(() => inference.bindInput(larger.subarray(2, 2 + bytes.byteLength)));
attempt(() => inference.bindInput(output.data));
attempt(() => inference.bindInput(bytes, 1));
attempt(() => inference.bindInput("bytes" as unknown as object));
// None of these has changed what was bound.
const still = run();
larger.set(new Uint8Array(bytes), 4);
inference.bindInput(larger.subarray(4, 4 + bytes.byteLength));
const fromView = run();
const garbage = [new ArrayBuffer(20000)];
inference.bindInput(bytes.slice(0));
garbage.pop();
churn();
const fromMoved = run();
// The tensor of another model, until that is closed.
const other = new Inference({ model, arena: Number(arena) });
other.input().data.set(new Int8Array(bytes));
inference.bindInput(other.input().data);
const fromOther = run();
other.close();
attempt(() => inference.invoke());
inference.bindInput(bytes);
const again = run();
const elements = inference.input().data.length;
attempt(() => new Inference({ model, arena: Number(arena), externalInputs: [1] }));
attempt(() => new Inference({ model, arena: Number(arena), externalInputs: [3] }));
inference.close();
attempt(() => inference.bindInput(bytes));
attempt(() => inference.invoke());
trace(
  JSON.stringify({
    outputs: [fromResource, still, fromView, fromMoved, fromOther, again],
    shape: output.shape,
    elements,
    thrown,
  }),
  "\n",
);
