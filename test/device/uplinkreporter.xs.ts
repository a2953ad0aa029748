import Flash from "flash";
import { decodeReport } from "codec/codec";
import { Faults } from "faults";
import { Outbox } from "outbox/outbox";
import { UplinkReporter } from "uplinkreporter";

const outbox = new Outbox(new Flash("outbox") as never, 8192);
const reporter = new UplinkReporter(outbox, new Faults(), { isKnown: true, at: (uptime) => uptime }, () => {});
const verdict = (time: number, label: number, confidence: number) => ({
  label,
  name: "",
  confidence,
  time,
  source: "node" as const,
});

function show(): void {
  const items = [];
  for (let item = outbox.next(); item; item = outbox.next()) {
    const { time, label, count, sequence, confidence } = decodeReport(item.payload);
    items.push({
      numbered: sequence === item.sequence,
      importance: item.importance,
      time,
      label,
      count,
      confidence: Math.round(confidence * 10) / 10,
    });
    outbox.remove(item.sequence);
  }
  trace(`${JSON.stringify(items)}\n`);
}

reporter.report(verdict(100, 1, 0.8), 0);
reporter.report(verdict(200, 1, 0.8), 0);
reporter.report(verdict(300, 1, 0.9), 0);
reporter.report(verdict(400, 1, 1), 0);
reporter.report(verdict(500, 2, 0.8), 0);
reporter.report(verdict(600, 2, 0.8), 0);
reporter.report(verdict(700, 2, 0.8), 1);
show();

reporter.report(verdict(800, 2, 0.8), 1);
outbox.setInFlight(outbox.next()!.sequence);
reporter.report(verdict(900, 2, 0.8), 1);
outbox.setInFlight(-1);
reporter.report(verdict(1000, 2, 0.8), 1);
show();
