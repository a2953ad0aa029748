import one from "./one";
export default `two of ${one}`;
