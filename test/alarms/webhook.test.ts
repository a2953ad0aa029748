// Slow: waits for an answer that does not come
import test from "ava";
import { ChannelError, type Message } from "../../host-tools/alarms/channel.js";
import { Webhook } from "../../host-tools/alarms/webhook.js";
import { freePort } from "../../host-tools/lib/freePort.js";
import { secret, startReceiver, verified } from "./receiver.js";

const alarm = {
  ...{ id: 7, devEui: "70b3d57ed0000001", nodeName: "north <field> ü", rule: "low", kind: "battery" as const },
  ...{ what: "battery 3.21 V", value: 3.21, openedAt: 1_800_000_000, closedAt: 1_800_003_600 },
};
const message = (event: Message["event"]): Message => ({
  id: `id-of-${event}`,
  event,
  ...(event !== "test" && { alarm }),
});
const to = (url: string) => new Webhook({ name: "pager", url, secret });

test("what is posted has a signature that the specification's library takes, and nobody else's key gives", async (t) => {
  const { posts, url } = await startReceiver(t);
  for (const event of ["opened", "closed", "test"] as const) await to(url).tell([message(event)]);
  const bodies = posts.map(verified);
  t.deepEqual(bodies.map(({ type, timestamp }) => [type, timestamp]).slice(0, 2), [
    ["alarm.opened", "2027-01-15T08:00:00.000Z"],
    ["alarm.closed", "2027-01-15T09:00:00.000Z"],
  ]);
  const { nodeName, ...rest } = alarm;
  const opened = { ...rest, name: nodeName, openedAt: "2027-01-15T08:00:00.000Z", closedAt: null };
  t.deepEqual(bodies[0]!.data, opened);
  t.deepEqual(bodies[1]!.data, { ...opened, closedAt: "2027-01-15T09:00:00.000Z" });
  t.like(bodies[2], { type: "alarm.test", data: {} });
  t.is(posts[0]!.headers["webhook-id"], "id-of-opened");
  t.throws(() => verified({ ...posts[0]!, text: posts[0]!.text.replace("3.21", "3.99") }));
  const other = new Webhook({ name: "x", url, secret: `whsec_${Buffer.alloc(24).toString("base64")}` });
  await other.tell([message("opened")]);
  t.throws(() => verified(posts[3]!));
});

for (const [what, status, error] of [
  ["an error of the receiver", 500, /^answer 500$/],
  ["a refusal", 410, /^answer 410$/],
  ["a redirection, which is not followed", 307, /^answer 307: it redirects/],
] as const)
  test(`not taken: ${what}`, async (t) => {
    const { posts, url } = await startReceiver(t, () => status);
    await t.throwsAsync(to(url).tell([message("opened")]), { instanceOf: ChannelError, message: error });
    t.is(posts.length, 1);
  });

test("an error says nothing of the address, which may be a secret", async (t) => {
  const url = `http://127.0.0.1:${await freePort()}/token-in-path`;
  const error = await t.throwsAsync(to(url).tell([message("opened")]), { instanceOf: ChannelError });
  t.is(error.message, "no connection: no process listens on that socket");
  const tls = await startReceiver(t);
  const wrong = await t.throwsAsync(to(tls.url.replace("http:", "https:")).tell([message("opened")]), {
    instanceOf: ChannelError,
    message: /^no connection: /,
  });
  t.notRegex(wrong.message, /token-in-path/);
});

test("who does not answer has not taken it", async (t) => {
  const { url } = await startReceiver(t, () => undefined);
  await t.throwsAsync(to(url).tell([message("opened")]), {
    instanceOf: ChannelError,
    message: "no answer within 15 seconds",
  });
});
