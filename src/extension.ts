import type { ExtensionContext } from "vscode";
import { Host } from "./host/index.ts";

let host: Host | undefined;

/** Composes the host and returns at once: what takes time is loaded after it, when it is first needed. */
export function activate(context: ExtensionContext): void {
  host = new Host(context);
  context.subscriptions.push(host);
}

/** Fits go on: they are processes of their own, and the next window finds them again. */
export async function deactivate(): Promise<void> {
  await host?.stop();
}
