// A website of somebody else, on its own origin: a tiny server on loopback that embeds the widget. By default it
// is as hostile as a page may be: every style is unset, the policy is strict, Trusted Types are required without
// any policy allowed, and the page is cross-origin isolated.

import { createServer } from "node:http";

export function strictHeaders(base) {
  return {
    "content-security-policy": `default-src 'none'; script-src ${base}; connect-src ${base}; style-src 'self'; img-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'`,
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-opener-policy": "same-origin",
  };
}

const HOSTILE_STYLE = "* { all: unset !important; --accent: red !important; } div { display: none !important; }";

/** A page that trusts scripts by a nonce only, and what those load (CSP Level 3, "strict-dynamic"). */
export const NONCE = "r4nd0m";
export function nonceHeaders(base) {
  return { "content-security-policy": `default-src 'none'; script-src 'nonce-${NONCE}' 'strict-dynamic'; connect-src ${base}; style-src 'self'; require-trusted-types-for 'script'` };
}

export function widgetLine(base, clientId, attributes = "") {
  return `<script src="${base}/widget.js" data-client-id="${clientId}" ${attributes} async></script>`;
}

export const PLAIN_STYLE = "body { margin: 0 auto; padding: 1.5em; max-width: 60em; font: 1.1em/1.6 Georgia, serif } @media (prefers-color-scheme: dark) { body { background: #14171c; color: #e8eaee } a { color: #9cc4ff } }";

/**
 * Serves one page with `lines` in its body and `head` in its head, and the hostile style sheet beside it. `lines` may be
 * a function, where they are not known before the page has its address.
 */
export async function startHostPage({ lines, head = "", headers = {}, style = HOSTILE_STYLE, html: root = 'lang="en"' }) {
  const html = () => `<!doctype html><html ${root}><head><meta charset="utf-8"><title>Somebody's page</title><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css">${head}</head><body><main><h1>Somebody's page</h1><p>Some text <a href="#more">and a link</a>.</p></main>${typeof lines === "function" ? lines() : lines}</body></html>`;
  const server = createServer((request, response) => {
    if (request.url === "/favicon.ico") return response.writeHead(204).end();
    if (request.url === "/style.css") return response.writeHead(200, { "content-type": "text/css" }).end(style);
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...headers }).end(html());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}
