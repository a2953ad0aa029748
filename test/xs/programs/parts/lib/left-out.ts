export default "left out";
