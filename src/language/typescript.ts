import type typescript from "typescript";

/**
 * TypeScript, as far as this room uses it: its parser and its printer, never its type checker. The module itself is
 * handed in: by `load-typescript.ts`, or by the TypeScript server whose plugin we are.
 */
export type TypeScript = typeof typescript;
export type { typescript };

export let ts: TypeScript;

export function useTypeScript(module: TypeScript): void {
  ts = module;
}
