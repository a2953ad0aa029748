class Timer {
  static set(callback, delay, repeat) {
    return native("xs_timer_set").call(this, callback, delay, repeat);
  }
  static repeat(callback, delay) {
    return native("xs_timer_repeat").call(this, callback, delay);
  }
  static schedule(timer, delay, repeat) {
    return native("xs_timer_schedule").call(this, timer, delay, repeat);
  }
  static clear(timer) {
    return native("xs_timer_clear").call(this, timer);
  }
  static delay(milliseconds) {
    return native("xs_timer_delay").call(this, milliseconds);
  }
}

export default Timer;
