import { expect, test } from "vitest";
import { panelHtml } from "../../src/host/panel-html.ts";

const assets = {
  cspSource: "https://*.vscode-cdn.net",
  script: "https://x.vscode-cdn.net/dist/webview.js",
  style: 'https://x.vscode-cdn.net/dist/webview.css?a=1&b="2"',
};

test("only scripts with this page's nonce run, and nothing comes from elsewhere", () => {
  const html = panelHtml(assets, "n0nce");
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
  expect(policy.split("; ")).toEqual([
    "default-src 'none'",
    "img-src https://*.vscode-cdn.net",
    "style-src https://*.vscode-cdn.net 'unsafe-inline'",
    "script-src 'nonce-n0nce'",
    "font-src https://*.vscode-cdn.net",
  ]);
  const scripts = [...html.matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
  expect(scripts).toEqual([`<script nonce="n0nce" src="${assets.script}">`]);
});

test("every page has a nonce of its own, and addresses cannot break out of their attribute", () => {
  const nonceOf = (html: string) => /nonce="([^"]+)"/.exec(html)![1];
  expect(nonceOf(panelHtml(assets))).not.toBe(nonceOf(panelHtml(assets)));
  expect(panelHtml(assets)).toContain(
    'href="https://x.vscode-cdn.net/dist/webview.css?a=1&amp;b=&quot;2&quot;"',
  );
});
