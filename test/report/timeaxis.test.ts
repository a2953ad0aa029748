import test from "ava";
import { lengthText, momentText, stepOf, tickText, withHoles } from "../../host-tools/web/timeaxis.js";

const evening = Date.UTC(2026, 2, 1, 18) / 1000;
const [hour, day] = [3600, 86400];

/** As ECharts puts them: multiples of the step. */
function ticks(from: number, to: number, most = 9): string[] {
  const step = stepOf(from, to, most);
  const texts: string[] = [];
  for (let at = Math.ceil(from / step - 1e-9) * step; at <= to + 1e-6; at += step) texts.push(tickText(at, step));
  return texts;
}

test("an axis fits the recording's length, from seconds to years", (t) => {
  const tables: [number, string[]][] = [
    [2, ["18:00:00.0", "18:00:00.5", "18:00:01.0", "18:00:01.5", "18:00:02.0"]],
    [20, ["18:00:00", "18:00:05", "18:00:10", "18:00:15", "18:00:20"]],
    [12 * hour, ["18:00", "20:00", "22:00", "2 Mar", "02:00", "04:00", "06:00"]],
    [3 * day, ["2 Mar", "12:00", "3 Mar", "12:00", "4 Mar", "12:00"]],
    [9 * day, ["2 Mar", "3 Mar", "4 Mar", "5 Mar", "6 Mar", "7 Mar", "8 Mar", "9 Mar", "10 Mar"]],
  ];
  for (const [length, expected] of tables) {
    const most = length === 20 ? 4 : length === 2 ? 4 : length === 9 * day ? 9 : 8;
    t.deepEqual(ticks(evening, evening + length, most), expected, lengthText(length));
  }
  for (const length of [0.2, 1, 7, 50, 300, 4000, day, 20 * day, 100 * day, 3000 * day]) {
    const count = ticks(evening, evening + length).length;
    t.true(count >= 2 && count <= 10, `${count} ticks in ${lengthText(length)}`);
  }
});

test("a clock that begins at 0 counts from its start, it is not 1970", (t) => {
  t.deepEqual(ticks(0, 2 * day, 4), ["00:00", "12:00", "day 2", "12:00", "day 3"]);
  t.is(momentText(90_000, 2 * day), "day 2, 01:00");
  t.is(momentText(evening + 61, 20), "2026-03-01 18:01:01");
});

test("lengths in their two largest units", (t) => {
  t.deepEqual([0.05, 20, 90, 3600, 11.5 * hour, day, 3.5 * day, 15 * day, 3599.9].map(lengthText), [
    "0.05 s",
    "20 s",
    "1 min 30 s",
    "1 h",
    "11 h 30 min",
    "1 day",
    "3 days 12 h",
    "2 weeks 1 day",
    "1 h",
  ]);
});

test("a hole is where more than a window is missing", (t) => {
  t.deepEqual(withHoles([0, 10, 40, 50], [1, null, 3, 4], 10), [
    [0, 1],
    [10, null],
    [20, null],
    [40, 3],
    [50, 4],
  ]);
  // The node's clock is late by little.
  t.is(withHoles([0, 10.4, 20.1], [1, 2, 3], 10).length, 3);
});
