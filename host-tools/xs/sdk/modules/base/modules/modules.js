class Modules {
  static get host() {
    return native("xs_modules_host").call(this);
  }
  static get archive() {
    return native("xs_modules_archive").call(this);
  }
  static importNow(name) {
    return native("xs_modules_importNow").call(this, name);
  }
  static has(name) {
    return native("xs_modules_has").call(this, name);
  }
}

export default Modules;
