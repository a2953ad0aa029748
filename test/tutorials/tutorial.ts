/** Tutorials that can be run: their files and commands, and what the commands print. */

/** A block "```json NAME": a file that the reader writes. */
interface FileStep {
  kind: "file";
  name: string;
  text: string;
}

/** In a block "```console", "$ COMMAND"; the lines up to the next one are what it prints, "..." for any number of lines. */
export interface CommandStep {
  kind: "command";
  command: string;
  printed: string[];
  /** Lines of the page that `printed` has, the first and the one behind the last. */
  from: number;
  to: number;
}

export type Step = FileStep | CommandStep;

const elision = "...";

/** In the order of the page. */
export function stepsOf(page: string): Step[] {
  const lines = page.split("\n");
  const steps: Step[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, language, name] = /^```(\w+) ?(.*)$/.exec(lines[at]!) ?? [];
    if (language === undefined) continue;
    const end = lines.indexOf("```", at + 1);
    if (language === "json" && name) steps.push({ kind: "file", name, text: lines.slice(at + 1, end).join("\n") });
    if (language === "console") steps.push(...commandsOf(lines, at + 1, end));
    at = end;
  }
  return steps;
}

function commandsOf(lines: readonly string[], from: number, end: number): CommandStep[] {
  const steps: CommandStep[] = [];
  for (let at = from; at < end;) {
    let command = lines[at]!.replace(/^\$ /, "");
    while (command.endsWith("\\")) command = command.slice(0, -1).trimEnd() + " " + lines[++at]!.trim();
    const first = ++at;
    while (at < end && !lines[at]!.startsWith("$ ")) at++;
    steps.push({ kind: "command", command, printed: lines.slice(first, at), from: first, to: at });
  }
  return steps;
}

/** Whether what a command prints is what the page says. */
export function isPrinted(printed: readonly string[], output: readonly string[]): boolean {
  const gap = printed.indexOf(elision);
  if (gap < 0) return printed.join("\n") === output.join("\n");
  const [head, tail] = [printed.slice(0, gap), printed.slice(gap + 1)];
  if (output.length < head.length + tail.length) return false;
  const ends = [...output.slice(0, head.length), ...output.slice(output.length - tail.length)];
  return ends.join("\n") === [...head, ...tail].join("\n");
}

/** The page with what its commands have printed in place of what it said, of as many lines where lines are left out. */
export function rewritten(page: string, outputs: ReadonlyMap<CommandStep, readonly string[]>): string {
  const lines = page.split("\n");
  for (const [{ printed, from, to }, output] of [...outputs].sort(([a], [b]) => b.from - a.from)) {
    const gap = printed.indexOf(elision);
    const text =
      gap < 0 || output.length <= printed.length - 1
        ? output
        : [...output.slice(0, gap), elision, ...output.slice(output.length - (printed.length - gap - 1))];
    lines.splice(from, to - from, ...text);
  }
  return lines.join("\n");
}
