import { useEffect, useState } from "preact/hooks";

/** The theme's colours as they are computed now, and whether it is one of high contrast. */
export interface Theme {
  readonly highContrast: boolean;
  readonly colour: (name: `--vscode-${string}`, otherwise: string) => string;
}

/** Reads VS Code's theme from the page, again whenever VS Code changes it (it rewrites the classes of `body` and the style of `html`). */
export function useTheme(): Theme {
  const [, changed] = useState(0);
  useEffect(() => {
    const observer = new MutationObserver(() => changed((n) => n + 1));
    observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
    return () => observer.disconnect();
  }, []);
  const style = getComputedStyle(document.documentElement);
  return {
    highContrast: /vscode-high-contrast/.test(document.body.className),
    colour: (name, otherwise) => style.getPropertyValue(name).trim() || otherwise,
  };
}
