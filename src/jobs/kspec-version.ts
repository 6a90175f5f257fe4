import { readFileSync } from "node:fs";
import path from "node:path";
import { homeFolder } from "../data/home.ts";

/** KSpec's version, from its own manifest. */
export function kspecVersion(): string {
  const manifest = readFileSync(path.join(homeFolder(), "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
