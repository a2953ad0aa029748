import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { groupsOf, parseGroupBy } from "../../host-tools/train/groups.js";
import { filesOf, parts, readSplit, splitRecordings, type Split } from "../../host-tools/train/split.js";

/** Two recordings each of some subjects. */
async function subjects(t: ExecutionContext, count: number): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-split-"));
  t.teardown(() => rm(folder, { recursive: true }));
  for (let subject = 1; subject <= count; subject++)
    for (const take of ["a", "b"])
      await writeFile(
        path.join(folder, `s${subject}-${take}.csv`),
        `time,x,who,label\n0,1,p${subject},walk\n1,2,p${subject},walk\n`,
      );
  return folder;
}

const groupBy = parseGroupBy("name:^(s\\d+)-");
const groupsIn = (split: Split): Record<string, string[]> =>
  Object.fromEntries(parts.map((part) => [part, Object.keys(split[part])]));

test("a group is in one part alone, by name, by column or by a list", async (t) => {
  const folder = await subjects(t, 8);
  const list = path.join(folder, "list");
  await writeFile(
    list,
    `file,group\n${Array.from({ length: 16 }, (_, at) => `s${(at >> 1) + 1}-${at & 1 ? "b" : "a"}.csv,site ${at >> 2}`).join("\n")}\n`,
  );
  for (const [how, count] of [
    ["name:^(s\\d+)-", 8],
    ["column:who", 8],
    [`list:${list}`, 4],
  ] as const) {
    const split = await splitRecordings(folder, { seed: 3, groupBy: parseGroupBy(how) });
    const names = Object.values(groupsIn(split)).flat();
    t.is(new Set(names).size, count, how);
    t.is(names.length, count, how);
    t.true(
      parts.every((part) => Object.keys(split[part]).length > 0),
      how,
    );
    t.is(parts.flatMap((part) => filesOf(split, folder)[part]).length, 16, how);
  }
});

test("each group is held out in one of the folds, and never trains or validates there", async (t) => {
  const folder = await subjects(t, 7);
  const tested: string[] = [];
  for (let fold = 1; fold <= 3; fold++) {
    const split = await splitRecordings(folder, { seed: 1, groupBy, folds: 3, fold });
    const { train, validation, test: held } = groupsIn(split);
    tested.push(...held!);
    t.is(new Set([...train!, ...validation!, ...held!]).size, 7);
    t.is(train!.length + validation!.length + held!.length, 7);
  }
  t.deepEqual(tested.sort(), ["s1", "s2", "s3", "s4", "s5", "s6", "s7"]);
});

test("groups are shared out so that each class is about as common in every part", async (t) => {
  const folder = await subjects(t, 20);
  // The second class has only every fourth subject.
  const windows = new Map(
    Array.from({ length: 40 }, (_, at) => {
      const subject = (at >> 1) + 1;
      return [path.join(folder, `s${subject}-${at & 1 ? "b" : "a"}.csv`), subject % 4 ? [10, 0] : [0, 10]];
    }),
  );
  for (const seed of [1, 2, 3, 4]) {
    const split = await splitRecordings(folder, { seed, groupBy, folds: 5, fold: 1 }, windows);
    const rare = Object.keys(split.test).filter((name) => Number(name.slice(1)) % 4 === 0);
    t.is(rare.length, 1, `seed ${seed}: ${Object.keys(split.test).join(", ")}`);
  }
});

test("named groups are held out; what cannot be is said", async (t) => {
  const folder = await subjects(t, 5);
  const split = await splitRecordings(folder, { seed: 1, groupBy, heldOut: ["s2", "s4"] });
  t.deepEqual(groupsIn(split)["test"], ["s2", "s4"]);
  for (const [heldOut, message] of [
    [["s9"], /no such group; the groups are s1, s2/],
    [["s1", "s2", "s3", "s4"], /leaves 1 groups/],
  ] as const)
    await t.throwsAsync(splitRecordings(folder, { seed: 1, groupBy, heldOut: [...heldOut] }), {
      name: "UserError",
      message,
    });
  await t.throwsAsync(splitRecordings(folder, { seed: 1, groupBy, folds: 6 }), {
    name: "UserError",
    message: /5 groups.*at least 6/,
  });
  t.throws(() => parseGroupBy("subject"), { name: "UserError", message: /name:PATTERN/ });
  t.throws(() => parseGroupBy("name:("), { name: "UserError", message: /regular expression/i });
  const files = [path.join(folder, "s1-a.csv")];
  await t.throwsAsync(groupsOf(files, parseGroupBy("name:x(\\d)")), { message: /s1-a.csv does not match/ });
  await t.throwsAsync(groupsOf(files, parseGroupBy("column:site")), { message: /no column "site"/ });
  await writeFile(files[0]!, "time,who\n0,p1\n1,p2\n");
  await t.throwsAsync(groupsOf(files, parseGroupBy("column:who")), { message: /s1-a.csv:3: .*"p2".*began as "p1"/ });
});

test("folders that share a group are refused, as is a file that is no split", async (t) => {
  const folder = await subjects(t, 0);
  for (const part of parts) await mkdir(path.join(folder, part));
  for (const [part, name] of [
    ["train", "s1-a"],
    ["validation", "s2-a"],
    ["test", "s1-b"],
  ] as const)
    await writeFile(path.join(folder, part, `${name}.csv`), "");
  await t.throwsAsync(splitRecordings(folder, { seed: 1, groupBy }), { message: /s1 are in train and in test/ });
  const split = await splitRecordings(folder, { seed: 1 });
  t.deepEqual(filesOf(split, folder).test, [path.join(folder, "test/s1-b.csv")]);
  const file = path.join(folder, "split.json");
  await writeFile(file, JSON.stringify(split));
  t.deepEqual(await readSplit(file), split);
  await writeFile(file, '{"train": ["a.csv"]}');
  await t.throwsAsync(readSplit(file), { name: "UserError", message: /no split/ });
});
