import { UserError } from "../lib/errors.js";
import { extractFile, type FeatureJob, type FileFeatures } from "./job.js";

export type WorkerAnswer = { result: FileFeatures } | { refused: string } | { error: string };

/** A process that does one job after another, as they are asked for. */
process.on("message", (job: FeatureJob) => {
  const answer = (what: WorkerAnswer) => process.send!(what);
  extractFile(job).then(
    (result) => answer({ result }),
    (error: unknown) =>
      answer(error instanceof UserError ? { refused: error.message } : { error: String((error as Error).stack) }),
  );
});
process.on("disconnect", () => process.exit());
