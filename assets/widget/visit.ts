// What the server is told of a visit beside the question: the page, where the visitor came from, and their language.
// Addresses go without query, fragment and credentials, which may carry names, tokens and searches: the server would
// drop them, and what is not sent cannot be logged on the way.

export type Visit = { readonly page_url?: string; readonly referrer?: string; readonly language?: string };

export function visitNow(): Visit {
  const [page, referrer] = [plainAddress(location.href), plainAddress(document.referrer)];
  return {
    ...(page === null ? {} : { page_url: page }),
    ...(referrer === null ? {} : { referrer }),
    ...(navigator.language ? { language: navigator.language } : {}),
  };
}

/** Origin and path; null for what is no page on the web. */
function plainAddress(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url && /^https?:$/.test(url.protocol) ? url.origin + url.pathname : null;
}
