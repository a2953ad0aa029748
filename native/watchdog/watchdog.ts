/** The task watchdog. It resets the node when the event loop does not turn, or, once it is started, when it is not fed. */
const Watchdog = {
  /** ms without a turn of the event loop, or a feed, after which it resets the node; 0 where there is no watchdog. */
  get timeout(): number {
    return native("xs_watchdog_timeout").call(this) as number;
  },

  /** From now on it must be fed, until a deep sleep or a reset. Does nothing in a debug build: a breakpoint feeds nothing. */
  start(): void {
    native("xs_watchdog_start").call(this);
  },

  feed(): void {
    native("xs_watchdog_feed").call(this);
  },
};

export default Watchdog;
