export default "lib/one";
