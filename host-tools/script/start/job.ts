/** For the program under XS. */
export interface StartJob {
  stack: number;
  /** Of the memory that is tried. */
  most: number;
  step: number;
  /** As the node gives it to the script. */
  info: object;
  /** To what a script may ask at its start, by the function's name. */
  answers: Record<string, unknown>;
}
