export class Stepper {
  #steps = 0;
  name = "stepper";

  add(value: number): number {
    this.#steps += 1;
    const sum = { value, steps: this.#steps };
    return sum.value * sum.steps;
  }
}
