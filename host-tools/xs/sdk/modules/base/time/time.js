class Time {
  static set(seconds) {
    return native("xs_time_set").call(this, seconds);
  }
  static get timezone() {
    return native("xs_time_timezone_get").call(this);
  }
  static set timezone(seconds) {
    native("xs_time_timezone_set").call(this, seconds);
  }
  static get dst() {
    return native("xs_time_dst_get").call(this);
  }
  static set dst(seconds) {
    native("xs_time_dst_set").call(this, seconds);
  }
  static get ticks() {
    return native("xs_time_ticks").call(this);
  }
  static get microseconds() {
    return native("xs_time_microseconds").call(this);
  }
  static delta(start, end) {
    return native("xs_time_delta").call(this, start, end);
  }
}

export default Time;
