import type { RadioEvent } from "./lorawan/types.js";
import Memory from "memory";
import type { BatteryLevel } from "./battery.js";
import type { Connection } from "./connection.js";
import type { Fields, RetainedPart } from "./flash/fields.js";
import type { Faults } from "./faults.js";
import type { Outbox } from "./outbox/outbox.js";
import type { Starts } from "./starts.js";
import type { UplinkReporter } from "./uplinkreporter.js";
import type { Journal } from "./uplinksender.js";

/** To the nearest second: windows that are a day apart end some ms earlier or later. */
const daySeconds = 86_400;

export interface HealthParts {
  starts: Starts;
  faults: Faults;
  outbox: Outbox;
  connection: Connection;
  reporter: UplinkReporter;
  journal: Journal;
  /** Errors of the flash driver since the last call. */
  takeFlashErrors(): number;
  battery(): BatteryLevel;
  /** ms */
  uptime(): number;
  firmware: string;
  /** The app script's version; 0: there is none. */
  script(): number;
}

/** Watches the node itself: a report once a day, and faults of its storage at once. */
export class HealthMonitor implements RetainedPart {
  readonly #parts: HealthParts;
  /** Uptime, ms. */
  #reportedAt = 0;
  /** Since the last report. */
  #airtimeMs = 0;
  #duty = 0;
  #heapPeak = 0;
  #stackPeak = 0;
  /** Erases in the life of the link's flash. */
  #linkErases = 0;

  constructor(parts: HealthParts) {
    this.#parts = parts;
  }

  layout(fields: Fields): void {
    this.#reportedAt = fields.number(7, Math.round(this.#reportedAt));
    const airtime = fields.number(4, Math.round(this.#airtimeMs));
    const duty = fields.number(1, Math.round(this.#duty * 255));
    if (fields.isReading) {
      this.#airtimeMs = airtime;
      this.#duty = duty / 255;
    }
    this.#heapPeak = fields.number(4, this.#heapPeak);
    this.#stackPeak = fields.number(2, this.#stackPeak);
    this.#linkErases = fields.number(4, this.#linkErases);
  }

  /** A packet was sent or received. */
  radio({ at: _, ...event }: RadioEvent): void {
    if (event.kind !== "downlink") this.#airtimeMs += event.airtime;
    this.#parts.journal("radio", event);
  }

  /** To be called at each window's end, before faults are reported. */
  check(): void {
    this.observe();
    if (Math.round((this.#parts.uptime() - this.#reportedAt) / 1000) >= daySeconds) this.report();
  }

  /** To be called when the link has sent, too. */
  observe(): void {
    const { faults, outbox, connection, journal, takeFlashErrors } = this.#parts;
    const link = connection.takeHealth();
    const damaged = outbox.takeDamaged() + (link?.damaged ?? 0);
    // A write that the driver refused fails its check too.
    const failedWrites = Math.max(outbox.takeFailedWrites() + (link?.failedWrites ?? 0), takeFlashErrors());
    if (damaged + failedWrites > 0) {
      faults.add("storage", undefined, damaged + failedWrites);
      journal("fault", { kind: "storage", count: damaged + failedWrites, lost: damaged, failedWrites });
    }
    this.#duty = Math.max(this.#duty, link?.duty ?? 0);
    if (link) this.#linkErases = link.erases;
    this.#heapPeak = Math.max(this.#heapPeak, Memory.heapPeak);
    this.#stackPeak = Math.max(this.#stackPeak, Memory.stackPeak);
  }

  /** Queues a report now; where there is no room, the next check tries again. */
  report(): void {
    const { starts, outbox, reporter, battery, uptime, firmware, script, journal } = this.#parts;
    this.observe();
    const resets = starts.counts;
    let restarts = 0;
    for (const count of Object.values(resets)) restarts += count;
    const { level, millivolts } = battery();
    const health = {
      safeMode: starts.isSafe,
      battery: level,
      millivolts,
      restarts,
      resets,
      heapPeak: this.#heapPeak,
      stackPeak: this.#stackPeak,
      duty: this.#duty,
      airtime: this.#airtimeMs / 1000,
      erases: outbox.erases + this.#linkErases,
      firmware,
      script: script(),
    };
    if (!reporter.health(health, uptime() / 1000)) return;
    journal("health", health);
    this.#reportedAt = uptime();
    this.#airtimeMs = this.#duty = this.#heapPeak = this.#stackPeak = 0;
    starts.clearCounts();
  }
}
