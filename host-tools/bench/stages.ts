/** What a window's instructions are for, in the order of the data path. */
export const stages = [
  "sampling",
  "features",
  "normalizing",
  "inference",
  "MAC",
  "storage",
  "wake and sleep",
  "script",
  "garbage collection",
  "event loop and radio driver",
] as const;
export type Stage = (typeof stages)[number];

/** Modules of each stage, by the beginnings of their names: the first that fits. Others are script. */
const beginnings: readonly (readonly [Stage, readonly string[]])[] = [
  [
    "sampling",
    [
      "sampler",
      "intake",
      "ring",
      "sensors",
      "sampledsensor",
      "uptime",
      "replay/",
      "Resource",
      "timer",
      "time",
      "embedded:",
    ],
  ],
  ["features", ["features/", "fft", "statistics"]],
  ["normalizing", ["normalizer"]],
  ["inference", ["inference", "recognizer", "verdict"]],
  ["MAC", ["lorawan/", "lora", "airtime", "uplink", "loracrypto", "loraboard"]],
  // State that goes on over a sleep is in RTC memory.
  ["wake and sleep", ["wake", "sleep", "retained", "starts", "script/memory", "flash/fields", "flash/mirrored"]],
  ["storage", ["flash", "outbox/"]],
];

/** @param module as in ChipWindow.modules */
export function stageOf(module: string): Stage {
  if (module === "") return "event loop and radio driver";
  if (module === "garbage collection") return module;
  // These queue and report; the link is a module of its own.
  if (module === "uplinkreporter" || module === "uplinksender") return "script";
  return beginnings.find(([, names]) => names.some((name) => module.startsWith(name)))?.[0] ?? "script";
}
