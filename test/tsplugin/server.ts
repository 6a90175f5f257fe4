import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Answer {
  readonly seq: number;
  readonly request_seq: number;
  readonly success: boolean;
  readonly body?: unknown;
}
export interface Complaint {
  readonly start: { readonly line: number; readonly offset: number };
  readonly code: number;
  readonly message: string;
}

/** A real TypeScript server with the plugin, as the extension carries it, and a bare folder with nothing installed. */
export async function startServer() {
  // Writes the types when they are older than their sources.
  execFileSync(process.execPath, [path.join(root, "scripts/kspec-types.mjs")]);
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "kspec-tsplugin-")));
  const extension = path.join(folder, "extension");
  const plugin = path.join(extension, "node_modules/kspec-tsplugin");
  mkdirSync(path.join(extension, "dist"), { recursive: true });
  for (const types of ["kspec.d.ts", "results.d.ts"])
    cpSync(path.join(root, "dist", types), path.join(extension, "dist", types));
  await build({
    entryPoints: [path.join(root, "src/tsplugin/index.ts")],
    outfile: path.join(plugin, "index.js"),
    bundle: true,
    platform: "node",
    format: "cjs",
    footer: { js: "module.exports = module.exports.default;" },
  });
  const workspace = path.join(folder, "workspace");
  mkdirSync(workspace);

  const tsserver = createRequire(import.meta.url).resolve("typescript/lib/tsserver.js");
  const child = spawn(
    process.execPath,
    [
      tsserver,
      "--globalPlugins",
      "kspec-tsplugin",
      "--pluginProbeLocations",
      extension,
      "--disableAutomaticTypingAcquisition",
    ],
    { stdio: ["pipe", "pipe", "ignore"] },
  );
  const waiting = new Map<number, (answer: Answer) => void>();
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter((one) => one.startsWith("{"))) {
      const answer = JSON.parse(line) as Answer;
      waiting.get(answer.request_seq)?.(answer);
    }
  });
  let seq = 0;
  const send = (command: string, args: unknown) =>
    child.stdin.write(`${JSON.stringify({ seq: ++seq, type: "request", command, arguments: args })}\n`);
  const ask = async (command: string, args: unknown): Promise<unknown> => {
    send(command, args);
    const mine = seq;
    const answer = await new Promise<Answer>((resolve) => waiting.set(mine, resolve));
    waiting.delete(mine);
    return answer.body;
  };
  send("compilerOptionsForInferredProjects", {
    options: { module: "esnext", moduleResolution: "bundler", target: "es2022", strict: true, allowJs: true },
  });

  return {
    /** What TypeScript complains of in a text, as the file's only content. */
    async complaints(text: string, name = "network.kspec.ts"): Promise<Complaint[]> {
      const file = path.join(workspace, name);
      writeFileSync(file, text);
      send("open", { file, fileContent: text });
      const body = (await ask("semanticDiagnosticsSync", { file })) as {
        text: string;
        code: number;
        start: Complaint["start"];
      }[];
      send("close", { file });
      return body.map(({ text: message, code, start }) => ({ message, code, start }));
    },
    /** What is shown at the first place of `where` in a text. */
    async hover(text: string, where: string): Promise<string> {
      const before = text.slice(0, text.indexOf(where)).split("\n");
      const [line, offset] = [before.length, (before.at(-1) ?? "").length + 1];
      const file = path.join(workspace, "hover.kspec.ts");
      send("open", { file, fileContent: text });
      const body = (await ask("quickinfo", { file, line, offset })) as {
        displayString: string;
        documentation: unknown;
      };
      send("close", { file });
      return `${body.displayString}\n${JSON.stringify(body.documentation)}`;
    },
    stop() {
      child.kill();
      if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
    },
  };
}
