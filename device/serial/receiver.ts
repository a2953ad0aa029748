/** Why a payload is not taken: a code of its kind, from 1 on, and a text for people. */
export interface Refused {
  code: number;
  detail: string;
}

/**
 * What takes a payload of one kind off the line: packages (update/packagereceiver.ts), firmware. It is handed the bytes in their order, each once. What it
 * throws ends the transfer, and the host is given the text.
 */
export interface PayloadReceiver {
  /** So many bytes are about to come. What was begun before and not finished was cancelled. @returns why not; undefined: it may come */
  begin(bytes: number): Refused | undefined;
  /**
   * A step of what is to be done before the bytes come, such as to erase a block of flash: sensors are read between two steps.
   * @returns whether there are more. Default: none.
   */
  prepare?(): boolean;
  /** @returns why the rest is not taken; undefined: it may come */
  write(bytes: Uint8Array): Refused | undefined;
  /** All of it has come: a step of what takes long then, while no window is under way. @returns whether there are more. Default: none. */
  check?(): boolean;
  /** All of it has come, and was checked. It may take long: it is called while no window is under way. @returns why it is not taken; undefined: it is */
  finish(): Refused | undefined;
  /** What came last was taken, and waits for the program's next start. */
  isTaken?(): boolean;
  /** The rest does not come. */
  cancel(): void;
}
