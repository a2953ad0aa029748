/** The text of an app script as an operator may write it, of about so many bytes: rules, each with a function, numbers, texts and calls of the API. */
export function rules(bytes: number): string {
  const rule = (i: number): string =>
    `function r${i}(v){const s=n.features("soil.mean"),m=s.reduce((a,b)=>a+b,0)/s.length;if(v.confidence>.8&&m<${20 + i}&&n.actuate("valve",!0)){n.setTimer("stop ${i}",${600 + i});return"rule ${i}"}return v.label==${i}?"label ${i}":""}`;
  let text = "";
  let count = 0;
  const whole = (): string =>
    `export default n=>{${text}const all=[${Array.from({ length: count }, (_, i) => `r${i}`).join()}];n.log("rule 0");return{version:1,onVerdict(v){for(const r of all){const t=r(v);if(t)n.log(t)}n.send(v)},onTimer(t){n.actuate("valve",!1)}}};`;
  while (whole().length + rule(count).length < bytes) text += rule(count++);
  // The rest is one name after the other.
  for (let i = 0; whole().length + 16 < bytes; i++) text += `n.log("t${i}");`;
  return whole();
}
