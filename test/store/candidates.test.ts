import { decide } from "../../host-tools/store/decisions.js";
import { listCandidates, listChanged, removeCandidate, saveCandidate } from "../../host-tools/store/candidates.js";
import { labelDeferral } from "../../host-tools/store/personLabels.js";
import { start, takeDeferral } from "../cloudpage/fleet.js";
import { onEachDatabase } from "./databases.js";

const candidate = { id: "00112233445566aa", name: "retrained", threshold: 0.7, person: "ann", comparedAt: start };

onEachDatabase(
  "what a network says of deferred windows is counted by the labels that there are now",
  async (t, open) => {
    const store = await open();
    // More than a statement takes; the nodes' labels are 0.
    const count = 1200;
    const ids: number[] = [];
    for (let i = 0; i < count; i++) ids.push(await takeDeferral(store, i, start + 900 * i));
    const verdicts = ids.map((uplinkId, i) => ({
      ...{ uplinkId, label: i % 3, confidence: i % 2 === 0 ? 0.9 : 0.6 },
      isTrained: i < 600 ? 1 : 0,
    }));
    t.is(await saveCandidate(store, candidate, [...verdicts, { ...verdicts[0]!, uplinkId: 99_999 }]), count);
    const comparison = async () => (await listCandidates(store))[0]!.comparison;
    t.deepEqual(await comparison(), {
      all: {
        ...{ windows: 1200, changed: 800, sure: 600, labelled: 0, nodeRight: 0, newRight: 0 },
        ...{ sureRight: 0, sureWrong: 0, decided: 0, asCloud: 0 },
      },
      unseen: {
        ...{ windows: 600, changed: 400, sure: 300, labelled: 0, nodeRight: 0, newRight: 0 },
        ...{ sureRight: 0, sureWrong: 0, decided: 0, asCloud: 0 },
      },
    });
    // 600 to 605: sure of 0, unsure of 1, sure of 2, unsure of 0, sure of 1, unsure of 2.
    for (const [i, label] of [2, 1, 2, 0, 0, 0].entries())
      await labelDeferral(store, { uplinkId: ids[600 + i]!, label, person: "ann", labelledAt: start });
    await decide(
      store,
      { id: ids[601]!, devEui: "70b3d57ed0000001", sequence: 601 },
      { label: 1, confidence: 0.9 },
      start,
    );
    t.like((await comparison()).unseen, {
      ...{ labelled: 6, nodeRight: 3, newRight: 3, sureRight: 1, sureWrong: 2, decided: 1, asCloud: 1 },
    });
    const changed = (await listChanged(store, candidate.id, 3))!;
    t.deepEqual(
      changed.map(({ id, label, newLabel }) => [id, label, newLabel]),
      [
        [ids[1199]!, 0, 2],
        [ids[1198]!, 0, 1],
        [ids[1196]!, 0, 2],
      ],
    );
    t.is(await listChanged(store, "ffffffffffffffff", 3), undefined);
  },
);

onEachDatabase(
  "a network that is compared again takes the place of what it said before, and can be removed",
  async (t, open) => {
    const [store, other] = [await open(), await open()];
    const uplinkId = await takeDeferral(store, 1, start);
    const verdict = { uplinkId, label: 1, confidence: 0.5, isTrained: 0 };
    await saveCandidate(store, candidate, [verdict]);
    await saveCandidate(other, { ...candidate, name: "again", comparedAt: start + 1 }, [{ ...verdict, label: 0 }]);
    await saveCandidate(store, { ...candidate, id: "00112233445566bb", comparedAt: start + 2 }, [verdict]);
    const listed = (await listCandidates(other)).map(({ id, name, comparison }) => [id, name, comparison.all.changed]);
    t.deepEqual(listed, [
      ["00112233445566bb", "retrained", 1],
      [candidate.id, "again", 0],
    ]);
    t.true(await removeCandidate(other, candidate.id));
    t.false(await removeCandidate(store, candidate.id));
    t.is((await listCandidates(store)).length, 1);
    t.is((await store.db.selectFrom("candidateVerdicts").selectAll().execute()).length, 1);
  },
);
