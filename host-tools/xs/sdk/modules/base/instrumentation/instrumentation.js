class Instrumentation {
  static get(what) {
    return native("xs_instrumentation_get").call(this, what);
  }
  static map(name) {
    return native("xs_instrumentation_map").call(this, name);
  }
  static name(index) {
    return native("xs_instrumentation_name").call(this, index);
  }
}

export default Instrumentation;
