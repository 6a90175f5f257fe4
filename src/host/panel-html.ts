import { randomBytes } from "node:crypto";

export interface PanelAssets {
  /** `webview.cspSource`. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
}

/**
 * The panel's page. Scripts run only with this page's nonce; styles may stand in the page, because the
 * webview toolkit inserts style elements of its own.
 */
export function panelHtml({ cspSource, script, style }: PanelAssets, nonce = newNonce()): string {
  const policy = [
    "default-src 'none'",
    `img-src ${cspSource}`,
    `style-src ${cspSource} 'unsafe-inline'`,
    `script-src 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${escape(policy)}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${escape(style)}" />
    <title>KSpec results</title>
  </head>
  <body>
    <div id="root"></div>
    <script nonce="${nonce}" src="${escape(script)}"></script>
  </body>
</html>
`;
}

function newNonce(): string {
  return randomBytes(16).toString("base64url");
}

function escape(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}
