import type { Command } from "commander";
import type { CacheRow } from "../../jobs/index.ts";
import { EXIT } from "../exit-code.ts";
import { Interrupts } from "../interrupts.ts";
import { counted, fileSize } from "../numbers.ts";
import { ProgressLine, progressText } from "../progress-line.ts";
import { aside, colours, keepStdoutForJson, say, sayJson } from "../terminal.ts";

export function addCache(program: Command): void {
  const cache = program
    .command("cache")
    .summary("list, verify or clear the features that are kept of frozen bases")
    .description(
      "List the feature cache: what frozen bases made of images, kept so that no fit computes it again. The last used comes first.",
    )
    .option("--json", "print one JSON object a line for each row, then one for the total")
    .addHelpText(
      "after",
      "\nExamples:\n  kspec cache\n  kspec cache verify\n  kspec cache clear 3f2a\n\nThe folder is $KSPEC_CACHE, else the platform's; how much it may take is $KSPEC_CACHE_LIMIT, for example 5GB.",
    )
    .action(list);
  cache
    .command("verify")
    .summary("read all features, remove damaged ones")
    .description("Read all features and compare them with their checksums. Damaged ones are removed.")
    .option("--json", "print one JSON object a line for each base")
    .action((_, command: Command) => verify(command.optsWithGlobals()));
  cache
    .command("clear")
    .summary("remove features")
    .description(
      "Remove features of some bases, or of all with what else is quickly made again. Weights, which a running fit may need, compiled code and downloads are removed by name alone: weights, code, mirrors.",
    )
    .argument(
      "[key...]",
      "keys as `kspec cache` lists them, or their beginnings (default: all but weights, code and mirrors)",
    )
    .option("--json", "print one JSON object a line for each row")
    .action((keys: string[], _, command: Command) => clear(keys, command.optsWithGlobals()));
}

/** Commander gives an option that `cache` has as well to `cache`, so subcommands ask for all options. */
interface Options {
  readonly json?: true;
}

async function list(options: Options): Promise<void> {
  if (options.json) keepStdoutForJson();
  const { listCache } = await import("../../jobs/index.ts");
  const { rows, files, total } = await listCache();
  if (options.json) return [...rows, ...files, total].forEach(sayJson);
  const table = [...rows, ...files].map((row) => [
    row.key.slice(0, KEY_SHOWN),
    row.about ?? "(unknown base)",
    row.type === "base" ? counted(row.entries, "entry", "entries") : "",
    fileSize(row.bytes),
    row.last_used === null ? "" : `used ${localTime(row.last_used)}`,
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((cells) => cells[column]!.length)));
  for (const cells of table)
    say(
      cells
        .map((cell, i) => (i === 2 || i === 3 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join("  ")
        .trimEnd(),
    );
  if (rows.length === 0) return say(`No features are kept yet. They will be in ${total.folder}.`);
  const most = total.limit === null ? "" : ` of at most ${fileSize(total.limit)}`;
  say(colours.dim(`Features: ${fileSize(total.bytes)}${most}, in ${total.folder}`));
}

async function verify(options: Options): Promise<void> {
  if (options.json) keepStdoutForJson();
  const { verifyCache } = await import("../../jobs/index.ts");
  const line = new ProgressLine();
  const interrupts = new Interrupts(() => undefined);
  let rows;
  try {
    rows = await verifyCache(
      (done, total) => line.show(progressText("Verifying", done, total, "bytes", null)),
      interrupts.signal,
    );
  } catch (error) {
    if (!interrupts.signal.aborted) throw error;
    aside("Stopped. What was found damaged so far is removed.");
    process.exitCode = EXIT.failed;
    return;
  } finally {
    line.clear();
  }
  if (options.json) return rows.forEach(sayJson);
  const spoilt = rows.filter(({ damaged, freed }) => damaged > 0 || freed > 0);
  for (const row of spoilt) {
    const useless = row.freed > 0 ? `, ${fileSize(row.freed)} of useless files removed` : "";
    say(
      `${row.key.slice(0, KEY_SHOWN)}  ${named(row)}: ${counted(row.damaged, "damaged entry", "damaged entries")} removed${useless}`,
    );
  }
  const whole = rows.reduce((sum, { entries }) => sum + entries, 0);
  say(`${counted(whole, "entry is", "entries are")} whole.`);
}

async function clear(keys: string[], options: Options): Promise<void> {
  if (options.json) keepStdoutForJson();
  const { clearCache } = await import("../../jobs/index.ts");
  const rows = await clearCache(keys);
  if (rows.some(({ in_use }) => in_use)) process.exitCode = EXIT.failed;
  for (const row of rows.filter(({ in_use }) => in_use))
    aside(
      `kspec: ${named(row)} (${row.key.slice(0, KEY_SHOWN)}): a running process writes there, so that part is kept. Clear it when the process has ended.`,
    );
  if (options.json) return rows.forEach(sayJson);
  const freed = rows.reduce((sum, row) => sum + row.freed, 0);
  say(rows.length === 0 ? "There is nothing to clear." : `${fileSize(freed)} freed.`);
}

function named({ about }: Pick<CacheRow, "about">): string {
  return about ?? "(unknown base)";
}

/** 2026-11-24 14:02, as the clock on the wall says. */
function localTime(iso: string): string {
  const date = new Date(iso);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Enough to tell keys apart, and to type. */
const KEY_SHOWN = 8;
