/** Adam with decoupled weight decay (Kingma and Ba 2015; Loshchilov and Hutter 2019), on plain arrays, so that its state can be kept exactly. */
export class Adam {
  step = 0;
  readonly first: Float32Array[];
  readonly second: Float32Array[];

  /** @param sizes of the weights @param decays whether a weight of that place decays */
  constructor(
    sizes: number[],
    readonly decays: boolean[],
    readonly weightDecay: number,
  ) {
    this.first = sizes.map((size) => new Float32Array(size));
    this.second = sizes.map((size) => new Float32Array(size));
  }

  /** Changes `weights` in place. */
  update(weights: Float32Array[], gradients: Float32Array[], rate: number): void {
    this.step++;
    const beta1 = 0.9;
    const beta2 = 0.999;
    const scale = (rate * Math.sqrt(1 - beta2 ** this.step)) / (1 - beta1 ** this.step);
    const epsilon = 1e-8 * Math.sqrt(1 - beta2 ** this.step);
    weights.forEach((weight, index) => {
      const gradient = gradients[index]!;
      const m = this.first[index]!;
      const v = this.second[index]!;
      const keep = this.decays[index] ? 1 - rate * this.weightDecay : 1;
      for (let i = 0; i < weight.length; i++) {
        const g = gradient[i]!;
        const a = beta1 * m[i]! + (1 - beta1) * g;
        const b = beta2 * v[i]! + (1 - beta2) * g * g;
        m[i] = a;
        v[i] = b;
        weight[i] = keep * weight[i]! - (scale * a) / (Math.sqrt(b) + epsilon);
      }
    });
  }
}
