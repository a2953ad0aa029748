export default class Resource extends Native("Resource_destructor") {
  constructor(path) {
    super();
    native("Resource_constructor").call(this, path);
  }
  static exists(path) {
    return native("Resource_exists").call(this, path);
  }
  get byteLength() {
    return native("Resource_get_byteLength").call(this);
  }
  slice(begin, end, copy) {
    return native("Resource_slice").call(this, begin, end, copy);
  }
}
