import { Policy } from "policy";
import type { Verdict } from "verdict";

const verdict = (confidence: number): Verdict => ({ label: 0, name: "a", confidence, time: 1000, source: "node" });
const make = () => new Policy({ threshold: 0.7, decisionSeconds: 600, classes: ["a", "b"] });
const print = (value: unknown) => trace(`${JSON.stringify(value)}\n`);
const answer = (sequence: number, label = 1) => ({ sequence, label, confidence: 0.9 });

const sure = make();
print([0, 0.699, 0.7, 1].map((confidence) => sure.judge(verdict(confidence))));

print(make().decide(answer(1), 0));

const policy = make();
policy.judge(verdict(0.5));
policy.deferred(5, verdict(0.5), 100);
print(policy.decide(answer(4), 110));
print(policy.decide(answer(5), 700));
print(policy.decide(answer(5), 700));

const late = make();
late.deferred(6, verdict(0.5), 100);
print(late.decide(answer(6), 700.5));

const foreign = make();
foreign.deferred(7, verdict(0.5), 100);
print(foreign.decide(answer(7, 2), 101));

const overtaken = make();
overtaken.deferred(8, verdict(0.5), 100);
overtaken.judge(verdict(0.9));
print(overtaken.decide(answer(8), 101));
