import { createWriteStream, type WriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { EnvHttpProxyAgent, request, type Dispatcher } from "undici";
import { UserError } from "../protocol/index.ts";
import { DownloadFailed } from "./download-failed.ts";

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  /** `total` is null where the server does not say. */
  readonly onProgress?: (done: number, total: number | null) => void;
  /** For `HTTPS_PROXY` and its kin. Default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** When a host that does not connect, or does not begin to answer, is given up: milliseconds for each. Default 6,000. */
  readonly connectTimeout?: number;
  /** Silence after which an answer counts as cut. Default 30,000 milliseconds. */
  readonly silence?: number;
  /** Milliseconds before the first repetition; each further one waits twice as long. Default 500. */
  readonly backOff?: number;
}

/** Repetitions without a single new byte before a server is given up. */
const ATTEMPTS = 5;

/**
 * Downloads into `part`, going on where an earlier attempt, of this or another process, ended (HTTP ranges). What is
 * passing is tried again with growing pauses: cut connections, silence, 408, 429, 5xx. What is lasting
 * is not: a host that is refused or unknown, any other 4xx, a web page instead of the file.
 *
 * @throws DownloadFailed with the reason.
 */
export async function download(url: string, part: string, options: DownloadOptions): Promise<void> {
  await persist(
    options,
    () => sizeOf(part),
    async (dispatcher) => {
      await attempt(url, part, await sizeOf(part), dispatcher, options);
    },
  );
}

/**
 * A small text; undefined where the server has none: it answers 4xx, or sends a web page instead. What is passing is tried again, as for files.
 *
 * @throws DownloadFailed with the reason.
 */
export async function downloadText(url: string, options: DownloadOptions): Promise<string | undefined> {
  return persist(
    options,
    () => Promise.resolve(0),
    (dispatcher) => attemptText(url, dispatcher, options),
  );
}

/** Tries until it succeeds, fails for good, or has failed too often without progress. */
async function persist<Result>(
  options: DownloadOptions,
  progress: () => Promise<number>,
  work: (dispatcher: Dispatcher) => Promise<Result>,
): Promise<Result> {
  const dispatcher = dispatcherFor(options);
  try {
    let tries = 0;
    for (;;) {
      const before = await progress();
      try {
        return await work(dispatcher);
      } catch (error) {
        options.signal?.throwIfAborted();
        if (!(error instanceof Passing)) throw error;
        tries = (await progress()) > before ? 1 : tries + 1;
        if (tries >= ATTEMPTS) throw new DownloadFailed(error.message, false, { cause: error });
        const pause = (options.backOff ?? 500) * 2 ** (tries - 1);
        await sleep(Math.max(pause, error.wait), undefined, options.signal ? { signal: options.signal } : {});
      }
    }
  } finally {
    await dispatcher.destroy();
  }
}

/** A failure that another attempt may not meet. */
class Passing extends Error {
  /** Milliseconds the server asks to wait. */
  readonly wait: number;
  constructor(reason: string, wait = 0, options?: ErrorOptions) {
    super(reason, options);
    this.wait = wait;
  }
}

async function attempt(
  url: string,
  part: string,
  have: number,
  dispatcher: Dispatcher,
  options: DownloadOptions,
): Promise<void> {
  const { statusCode, headers, body } = await ask(url, have, dispatcher, options);
  const refuse = (error: Error) => {
    leave(body);
    return error;
  };
  if (statusCode === 416) {
    // What is there is longer than the file, or all of it; only a fresh start can tell.
    await rm(part, { force: true });
    throw refuse(new Passing("the server has no more bytes than an earlier attempt left"));
  }
  if (statusCode !== 200 && statusCode !== 206)
    throw refuse(
      new DownloadFailed(
        statusCode === 404 || statusCode === 410
          ? `the server does not have it (${statusCode})`
          : `the server answered ${statusCode}`,
        false,
      ),
    );
  if (isWebPage(headers))
    throw refuse(
      new DownloadFailed(
        "a web page came instead of the file, as networks that ask for a login send it",
        false,
      ),
    );
  const from = statusCode === 206 ? rangeStart(headers["content-range"]) : 0;
  if (from > have) throw refuse(new Passing("the server sent another part than was asked for"));
  const length = Number(headers["content-length"] ?? Number.NaN);
  const total = Number.isFinite(length) ? from + length : null;
  await write(body, part, from, total, options);
}

/** More than this is no list of hashes. */
const LONGEST_TEXT = 1_000_000;

async function attemptText(
  url: string,
  dispatcher: Dispatcher,
  options: DownloadOptions,
): Promise<string | undefined> {
  const { statusCode, headers, body } = await ask(url, 0, dispatcher, options);
  if (statusCode !== 200 || isWebPage(headers)) {
    leave(body);
    return undefined;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > LONGEST_TEXT) throw new DownloadFailed("it is longer than a list of hashes is", false);
    }
  } catch (error) {
    if (error instanceof DownloadFailed) throw error;
    throw new Passing("the connection was cut each time", 0, { cause: error });
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** An answer, whatever it is, but one that asks to come again. */
async function ask(
  url: string,
  have: number,
  dispatcher: Dispatcher,
  options: DownloadOptions,
): Promise<Dispatcher.ResponseData> {
  let response: Dispatcher.ResponseData;
  try {
    response = await follow(url, have, dispatcher, options.signal);
  } catch (error) {
    throw connectionFailure(url, error);
  }
  const { statusCode, headers, body } = response;
  if (statusCode === 408 || statusCode === 429 || statusCode >= 500) {
    leave(body);
    throw new Passing(`the server answered ${statusCode} each time`, retryAfter(headers["retry-after"]));
  }
  return response;
}

/** The rest of an answer nobody reads would keep its connection busy. */
function leave(body: Dispatcher.ResponseData["body"]): void {
  body.on("error", () => undefined).destroy();
}

function isWebPage(headers: Dispatcher.ResponseData["headers"]): boolean {
  return /^text\/html\b/i.test(String(headers["content-type"] ?? ""));
}

async function write(
  body: Dispatcher.ResponseData["body"],
  part: string,
  from: number,
  total: number | null,
  { onProgress }: DownloadOptions,
): Promise<void> {
  const file = createWriteStream(part, from > 0 ? { flags: "r+", start: from } : { flags: "w" });
  const failed = once(file, "error").then(([error]) => {
    throw error;
  });
  failed.catch(() => undefined);
  let done = from;
  onProgress?.(done, total);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (!file.write(chunk)) await Promise.race([once(file, "drain"), failed]);
      done += chunk.length;
      onProgress?.(done, total);
    }
  } catch (error) {
    if (isDiskError(error)) throw await diskFailure(part, error);
    throw new Passing("the connection was cut each time", 0, { cause: error });
  } finally {
    await finish(file, failed, part);
  }
  if (total !== null && done < total) throw new Passing("the connection was cut each time");
}

async function finish(file: WriteStream, failed: Promise<never>, part: string): Promise<void> {
  try {
    if (file.errored) throw file.errored;
    await Promise.race([new Promise<void>((resolve) => file.end(resolve)), failed]);
  } catch (error) {
    throw await diskFailure(part, error);
  }
}

function isDiskError(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS", "EACCES", "EPERM", "ENOENT"].includes(
    (error as NodeJS.ErrnoException).code ?? "",
  );
}

async function diskFailure(part: string, error: unknown): Promise<UserError> {
  const { code } = error as NodeJS.ErrnoException;
  const full = code === "ENOSPC" || code === "EDQUOT";
  // A full disk is not left full.
  if (full) await rm(part, { force: true }).catch(() => undefined);
  return new UserError(
    full ? "disk-full" : "unwritable-file",
    full
      ? `The disk is full: ${part} could not be written. Make room, or set KERAS_HOME to a folder on another disk.`
      : `${part} could not be written (${code ?? String(error)}). Set KERAS_HOME to a folder that can be written.`,
    { cause: error },
  );
}

/** Redirections are followed by hand: undici's `request` does not. */
async function follow(url: string, have: number, dispatcher: Dispatcher, signal?: AbortSignal) {
  for (let hops = 0, next = url; ; hops++) {
    const response = await request(next, {
      dispatcher,
      headers: {
        "user-agent": "kspec",
        "accept-encoding": "identity",
        ...(have > 0 ? { range: `bytes=${have}-` } : {}),
      },
      signal: signal ?? null,
    });
    const { location } = response.headers;
    if (![301, 302, 303, 307, 308].includes(response.statusCode) || typeof location !== "string")
      return response;
    response.body.on("error", () => undefined).destroy();
    if (hops === 5) throw new DownloadFailed("the server redirects in circles", false);
    next = new URL(location, next).href;
  }
}

function dispatcherFor({
  env = process.env,
  connectTimeout = 6_000,
  silence = 30_000,
}: DownloadOptions): Dispatcher {
  const proxy = (name: string) => env[name.toLowerCase()] || env[name] || "";
  return new EnvHttpProxyAgent({
    httpProxy: proxy("HTTP_PROXY"),
    httpsProxy: proxy("HTTPS_PROXY"),
    noProxy: proxy("NO_PROXY"),
    connect: { timeout: connectTimeout },
    headersTimeout: connectTimeout,
    bodyTimeout: silence,
  });
}

function connectionFailure(url: string, error: unknown): Error {
  if (error instanceof DownloadFailed) return error;
  const codes = codesOf(error);
  const { host } = new URL(url);
  const lasting = UNREACHABLE.find(([code]) => codes.includes(code));
  if (lasting) return new DownloadFailed(`${host} ${lasting[1]}`, true, { cause: error });
  const certificate = codes.find((code) => /CERT|SELF_SIGNED|ISSUER|ALTNAME/.test(code));
  if (certificate)
    return new DownloadFailed(
      `the certificate of ${host} is not trusted here (${certificate}); if your network inspects traffic, name its certificate in NODE_EXTRA_CA_CERTS`,
      true,
      { cause: error },
    );
  if ((error as Error).name === "AbortError") return error as Error;
  return new Passing(
    `the connection to ${host} failed each time (${codes[0] ?? (error as Error).message})`,
    0,
    {
      cause: error,
    },
  );
}

const UNREACHABLE: readonly (readonly [code: string, words: string])[] = [
  ["ENOTFOUND", "was not found, as without a network"],
  ["EAI_AGAIN", "was not found, as without a network"],
  ["ECONNREFUSED", "refused the connection"],
  ["ENETUNREACH", "cannot be reached: there is no network"],
  ["EHOSTUNREACH", "cannot be reached"],
  ["UND_ERR_CONNECT_TIMEOUT", "did not answer in time"],
  ["UND_ERR_HEADERS_TIMEOUT", "did not answer in time"],
];

/** Codes of an error and of what caused it. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (code) codes.push(code);
    if (at instanceof AggregateError) codes.push(...at.errors.flatMap(codesOf));
  }
  return codes;
}

function rangeStart(header: string | string[] | undefined): number {
  const match = /^bytes (\d+)-/.exec(String(header ?? ""));
  return match ? Number(match[1]) : Infinity;
}

/** At most ten seconds: longer than that nobody waits without being told. */
function retryAfter(header: string | string[] | undefined): number {
  const seconds = Number(header);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 10) * 1000 : 0;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}
