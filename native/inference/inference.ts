/** Element types of a tensor; `Int8Array` is that of every quantized model's data. */
export type TensorData = Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array;

const views = {
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int16: Int16Array,
  int8: Int8Array,
};

/** An input or output of the model: real = scale * (data[i] - zeroPoint). */
export interface Tensor<Data extends TensorData = Int8Array> {
  /** The tensor itself, in the arena: write inputs here, read outputs here. Without elements after close(), and for an external input. */
  readonly data: Data;
  readonly type: keyof typeof views;
  readonly shape: readonly number[];
  /** 0 when the tensor is not quantized. */
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface InferenceOptions {
  /** The bytes of a .tflite. Read-only memory that cannot move, as a Resource or mapped flash, is read in place; anything else is copied. */
  model: ArrayBufferLike | object;
  /** Bytes for activations, scratch and all other memory of the running model. */
  arena: number;
  /**
   * The inputs that do not lie in the arena, counted from 0, of which only the first three can: `bindInput` says where they are. Such a large input,
   * a camera's frame, takes no arena then.
   */
  externalInputs?: readonly number[];
}

/** Of the inputs that can be external. */
const mostExternal = 3;

/** Registers a view of an inference's arena, to be detached by close(). @throws TypeError for what is no Inference */
let register: (inference: Inference, buffer: TensorBuffer) => void;

/** A view of the arena, which keeps the inference alive. Script can reach it, and its constructor, by `data.buffer`. */
class TensorBuffer extends (Native("xs_inference_tensor_destructor") as new () => object) {
  readonly #inference: Inference;

  constructor(inference: Inference, output: boolean, index: number) {
    super();
    this.#inference = inference;
    register(inference, this);
    native("xs_inference_tensor").call(this, inference, output, index);
  }

  /** Whose arena it is. */
  get inference(): Inference {
    return this.#inference;
  }
}

/**
 * An int8 .tflite model, ready to run. Everything is allocated and checked by the constructor; invoke() allocates nothing and
 * cannot fail. The backend (`micro` or TensorFlow Lite Micro) is chosen by the manifest.
 */
export default class Inference extends (Native("xs_inference_destructor") as new () => object) {
  #buffers: TensorBuffer[] = [];
  #inputs: Tensor[] = [];
  #outputs: Tensor[] = [];
  /** By input: what it was bound to, kept alive. */
  #bound: (ArrayBufferLike | object | undefined)[] = [];

  static {
    register = (inference, buffer) => inference.#buffers.push(buffer);
  }

  /**
   * @throws Error naming the operator and the tensor when the model is not well formed or not supported,
   * RangeError with the missing bytes when the arena is too small, or for an external input that the model does not have
   */
  constructor(options: InferenceOptions) {
    super();
    const { externalInputs = [] } = options;
    for (const index of externalInputs)
      if (!(Number.isInteger(index) && index >= 0 && index < mostExternal))
        throw new RangeError(`inference: external input ${index}, 0..${mostExternal - 1} expected`);
    const bits = externalInputs.reduce((all, index) => all | (1 << index), 0);
    native("xs_inference").call(this, options.model, options.arena, bits);
    this.#inputs = this.#list(false);
    this.#outputs = this.#list(true);
    const missing = externalInputs.find((index) => index >= this.#inputs.length);
    if (missing === undefined) return;
    const { inputCount } = this;
    this.close();
    throw new RangeError(`inference: external input ${missing}, the model has ${inputCount}`);
  }

  /** @throws RangeError for an index that the model does not have, or after close() */
  input(index = 0): Tensor {
    return this.#at(this.#inputs, index, "input");
  }

  /** @throws RangeError for an index that the model does not have, or after close() */
  output(index = 0): Tensor {
    return this.#at(this.#outputs, index, "output");
  }

  get inputCount(): number {
    return this.#inputs.length;
  }

  get outputCount(): number {
    return this.#outputs.length;
  }

  /**
   * Says where an external input lies from now on. It is read there by each invoke(), and never written.
   * @param buffer an ArrayBuffer, a view at a multiple of 4 bytes of it, a Resource or mapped flash, of just the input's bytes. It is kept alive,
   * and may move, as XS's heap does: its place is looked up at each invoke().
   * @throws RangeError for an input that is not external, and for a buffer of another length, at another multiple, or in this arena; TypeError for what is
   * no buffer, or was detached
   */
  bindInput(buffer: ArrayBufferLike | object, index = 0): void {
    native("xs_inference_check_input").call(this, index, buffer);
    this.#bound[index] = buffer;
  }

  /** Runs the model once; its variables, if it has any, last to the next run. It may overwrite the inputs: write each of them before each call. @throws Error after close(), and when an external input is not bound; as bindInput() when its buffer has changed since */
  invoke(): void {
    native("xs_inference_invoke").call(this, this.#bound[0], this.#bound[1], this.#bound[2]);
  }

  /** Sets what the model remembers from run to run (its variables) to what it was at first. @throws Error after close() */
  reset(): void {
    native("xs_inference_reset").call(this);
  }

  /** Bytes of arena that this model needs; an arena of exactly this size works. */
  get arenaUsed(): number {
    return native("xs_inference_arena_used").call(this) as number;
  }

  /** "micro" or "tflm". */
  get backend(): string {
    return native("xs_inference_backend").call(this) as string;
  }

  /** Frees the memory now. May be called twice. The tensors' data has no elements afterwards. */
  close(): void {
    for (const buffer of this.#buffers) native("xs_inference_tensor_detach").call(buffer);
    this.#buffers = [];
    this.#inputs = [];
    this.#outputs = [];
    this.#bound = [];
    native("xs_inference_close").call(this);
  }

  #at(tensors: Tensor[], index: number, what: string): Tensor {
    const tensor = tensors[index];
    if (!tensor) throw new RangeError(`inference: ${what} ${index} of ${tensors.length}`);
    return tensor;
  }

  #list(output: boolean): Tensor[] {
    const tensors: Tensor[] = [];
    const count = native("xs_inference_count").call(this, output) as number;
    for (let index = 0; index < count; index++) {
      const about = native("xs_inference_about").call(this, output, index) as Omit<Tensor, "data">;
      const buffer = new TensorBuffer(this, output, index);
      const data = new views[about.type](buffer as unknown as ArrayBuffer) as Int8Array;
      tensors.push({ data, type: about.type, shape: about.shape, scale: about.scale, zeroPoint: about.zeroPoint });
    }
    return tensors;
  }
}
