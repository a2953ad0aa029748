/** Where a data block is received: in flash, of which only an erase sets bits. */
export interface Staging {
  /** Of the session that is on: FragSessionSetupReq's 16 bytes; undefined: none is. */
  readonly setup: Uint8Array | undefined;
  /** SessionCnt of the last session; -1: there was none. */
  readonly counter: number;
  /** Of flash. */
  readonly blockBytes: number;
  /** Room for block and what is behind it. */
  readonly roomBytes: number;
  /** Begins a session, in erased flash: `bytes` of the block, of `room` in all. It lasts through resets. @returns false when it is refused */
  begin(setup: Uint8Array, counter: number, bytes: number, room: number): boolean;
  /** Valid until the next write. */
  read(offset: number, length: number): Uint8Array;
  write(offset: number, data: Uint8Array): void;
  /** The block is there and whole: it is checked, and comes into force; the session is over then. @returns the next step of that: whether there are more */
  finish(): () => boolean;
  /** Ends the session. */
  drop(): void;
  /** Ends the session, whose block is whole, and says so. */
  interrupt(): void;
}
