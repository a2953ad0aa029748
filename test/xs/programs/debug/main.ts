import { smooth } from "smooth";

interface Sample {
  readonly value: number;
}

const samples: Sample[] = [{ value: 3 }, { value: 5 }];
let level = 0;
for (const sample of samples) {
  level = smooth(level, sample.value);
  trace(`level ${level}\n`);
}
