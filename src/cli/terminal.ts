import pico from "picocolors";
import { isUserError } from "../protocol/index.ts";

/** Colours for what goes to stdout: only on a terminal, and never where NO_COLOR is set. */
export const colours = pico.createColors(wantsColours(process.stdout, process.env));

export function wantsColours(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

const write = process.stdout.write.bind(process.stdout);
let closed = false;

/** A line on stdout. */
export function say(line: string): void {
  if (!closed) write(line + "\n");
}

/** Comes back when all that was written is with the system, also where a pipe is slow. */
export async function flushed(): Promise<void> {
  await new Promise((resolve) => write("", resolve));
  await new Promise((resolve) => process.stderr.write("", resolve));
}

/** One JSON object as a line on stdout. */
export function sayJson(object: unknown): void {
  say(JSON.stringify(object));
}

/** A line on stderr, for what is beside the point: notes, what a spec prints. */
export function aside(line: string): void {
  process.stderr.write(line + "\n");
}

/**
 * With `--json`, stdout belongs to KSpec's own objects: whatever else is printed in this process, by a spec or
 * by a library, goes to stderr.
 */
export function keepStdoutForJson(): void {
  process.stdout.write = process.stderr.write.bind(process.stderr);
}

/** The whole of an error that a person sees: one message, no stack. Unknown ones name themselves as KSpec's own. */
export function tellError(error: unknown): void {
  if (isUserError(error)) return aside(`kspec: ${error.message}`);
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  aside(`kspec: Something went wrong inside KSpec (${said}). Set KSPEC_DEBUG=1 to see where.`);
  if (process.env["KSPEC_DEBUG"] && error instanceof Error) aside(error.stack ?? "");
}

/** Output piped into `head` ends early: what comes after is written to nobody, and a fit goes on. */
export function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      closed ||= stream === process.stdout;
    });
}

/** `/home/me/photos/a.kspec.ts` as a person in `/home/me` would write it. */
export function shortPath(file: string): string {
  const here = process.cwd();
  const inside = file.startsWith(here + "/") || file.startsWith(here + "\\");
  return inside ? file.slice(here.length + 1) : file;
}
