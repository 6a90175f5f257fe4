import type { NpmEnd } from "./npm.ts";

/** Why an install failed, and what to do about it, in what npm and the package's install script said. */
export function explainFailure({ stage, lines, error, succeeded }: NpmEnd): string {
  const text = lines.join("\n");
  if (error !== undefined)
    return `npm could not be started (${error.code ?? error.message}). See to it that "npm --version" works in a terminal, and try again.`;
  if (/\bENOSPC\b/.test(text)) return `The disk is full. Make room, and try again. ${NOTHING}`;
  if (succeeded)
    return (
      "npm installed the package without TensorFlow's library: its install script did not run or did nothing. " +
      `If npm is told to ignore install scripts (npm config get ignore-scripts), allow them for this once: set npm_config_ignore_scripts=false. ${NOTHING}`
    );
  if (stage === "library") return `${libraryFailure(text, lines)} ${NOTHING}`;
  if (stage === "addon") return `${addonFailure(text)} ${NOTHING}`;
  return `${registryFailure(text, lines)} ${NOTHING}`;
}

const NOTHING = "Nothing was installed.";

function libraryFailure(text: string, lines: readonly string[]): string {
  const address = lines.findLast((line) => ADDRESS.test(line))?.match(ADDRESS)?.[0];
  const reason =
    networkReason(text) ??
    (/TAR_BAD_ARCHIVE|Invalid or unsupported zip format/.test(text)
      ? "what came from there is no archive, as when a server or a proxy refuses"
      : (errorLine(lines) ?? "see the log"));
  return (
    `TensorFlow's library could not be downloaded from ${address ?? "its storage"}: ${reason}. ` +
    "npm's registry does not have it; the package's install script fetches it from there. Behind a proxy set HTTPS_PROXY; " +
    "where there is a mirror of that storage, set TFJS_NODE_CDN_STORAGE to the mirror's address, which stands for https://storage.googleapis.com/."
  );
}

const ADDRESS = /https?:\/\/\S+/;

function addonFailure(text: string): string {
  const status = /response status (\d{3})[^\n]*? on (https?:\/\/\S+)/.exec(text);
  const fetched = status
    ? `${status[2]!} answers with ${status[1]!}`
    : (networkReason(text) ?? "it could not be downloaded");
  const compiled = /\bgyp ERR!|node-gyp/.test(text)
    ? ", and compiling it failed, for which Python and a C++ compiler must be installed"
    : "";
  return (
    `The compiled part of @tensorflow/tfjs-node was not to be had: ${fetched}${compiled}. Behind a proxy set HTTPS_PROXY; ` +
    "where there is a mirror, set npm_config_tfjs_binding_binary_host_mirror to its address."
  );
}

function registryFailure(text: string, lines: readonly string[]): string {
  const code = /^npm (?:error|ERR!) code (\S+)/m.exec(text)?.[1];
  const reason = networkReason(text) ?? errorLine(lines) ?? `npm ended with ${code ?? "an error"}`;
  if (code !== undefined && REGISTRY_CODES.test(code))
    return `npm could not fetch @tensorflow/tfjs-node: ${reason}. See to it that "npm ping" works in a terminal: registry, proxy and certificates are npm's own settings.`;
  return `npm install @tensorflow/tfjs-node failed: ${reason}. The log tells more.`;
}

const REGISTRY_CODES =
  /^(E4\d\d|E5\d\d|ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|\w*CERT\w*|ETARGET|ENOTCACHED)$/;

function networkReason(text: string): string | undefined {
  const host = /\b(?:getaddrinfo|hostname:?) ?(?:ENOTFOUND|EAI_AGAIN|ENOENT)? ?'?([\w.-]+\.[a-z]{2,})/i.exec(
    text,
  )?.[1];
  if (/\b(ENOTFOUND|EAI_AGAIN)\b|getaddrinfo ENOENT/.test(text))
    return `${host ?? "the server"} was not found`;
  const code = /\b(ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|EPROTO)\b/.exec(text)?.[1];
  if (code !== undefined) return `the connection failed (${code})`;
  if (/CERT_|certificate/.test(text)) return "its certificate is not trusted";
  return undefined;
}

/** What an error says of itself, without what it is printed with. */
function errorLine(lines: readonly string[]): string | undefined {
  const line =
    lines.find((one) => /^(\w*Error|Error): /.test(one.trim())) ??
    lines.find((one) => /^npm (error|ERR!) (?!code|path|command|A complete log|errno|syscall)/.test(one));
  return line
    ?.replace(/^npm (error|ERR!) /, "")
    .replace(/^\s*\w*Error: /, "")
    .trim()
    .replace(/\.$/, "");
}
