import Inference from "inference";
import Resource from "Resource";

/* Runs the network on the bytes 0, 1, 2, ..., and prints its output as JSON. */
const inference = new Inference({ model: new Resource("model.tflite"), arena: 49_152 });
const { data } = inference.input();
for (let i = 0; i < data.length; i++) data[i] = i;
inference.invoke();
trace(JSON.stringify({ output: Array.from(inference.output().data) }), "\n");
