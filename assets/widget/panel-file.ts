// Gets the panel, and runs it only if its bytes are those that this loader was built with.
//
// `import()` takes no hash, and an import map is the page's. A `modulepreload` link does: it checks the hash and puts
// the very bytes that it checked into the page's module map, from which `import()` then takes them, so that a server
// cannot answer the second request with something else. It needs no secure context and no policy of Trusted Types.
// A browser without it fetches with `integrity` first, and imports what its cache then holds.

import type { PanelModule } from "./contract";

let tries = 0;

export async function importPanel(origin: string, root: ShadowRoot, nonce: string): Promise<PanelModule> {
  // A module that failed once stays failed under its address for as long as the page lives.
  const url = `${origin}/${PANEL_FILE}${tries > 0 ? `?try=${tries}` : ""}`;
  try {
    await check(url, root, nonce);
    return (await import(url)) as PanelModule;
  } catch (error) {
    tries += 1;
    throw error;
  }
}

async function check(url: string, root: ShadowRoot, nonce: string): Promise<void> {
  const link = document.createElement("link");
  if (!link.relList.supports("modulepreload")) {
    const response = await fetch(url, { integrity: PANEL_INTEGRITY, mode: "cors", credentials: "omit" });
    if (!response.ok) throw new Error(`panel: ${response.status}`);
    return;
  }
  link.rel = "modulepreload";
  link.crossOrigin = "anonymous";
  link.integrity = PANEL_INTEGRITY;
  link.nonce = nonce;
  link.href = url;
  try {
    await new Promise<void>((resolve, reject) => {
      link.onload = () => resolve();
      link.onerror = () => reject(new Error("panel: refused"));
      root.append(link);
    });
  } finally {
    link.remove();
  }
}
