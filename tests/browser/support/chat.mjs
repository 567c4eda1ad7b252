// The chat as a visitor meets it: locators by role and name, never by class.

export function chatOf(page) {
  return chatIn(page, page.getByRole("dialog"));
}

/** The chat that is a part of the page, or the whole page. */
export function regionOf(page) {
  return chatIn(page, page.getByRole("region", { name: "Assistant" }));
}

function chatIn(page, dialog) {
  return {
    dialog,
    launcher: page.getByRole("button", { name: /^Open chat with / }),
    field: dialog.getByRole("textbox", { name: "Your message" }),
    log: dialog.getByRole("log"),
    sendButton: dialog.getByRole("button", { name: "Send message" }),
    closeButton: dialog.getByRole("button", { name: "Close chat" }),
    retryButton: dialog.getByRole("button", { name: "Try again" }),
    sources: dialog.getByRole("list", { name: "Sources" }),
    suggestions: dialog.getByRole("list", { name: "Suggested questions" }).getByRole("button"),
    async open() {
      await this.launcher.click();
      await dialog.waitFor();
    },
    async ask(text) {
      await this.field.fill(text);
      await this.field.press("Enter");
    },
    /** Asks and waits for an answer that is not yet there. */
    async askAndWait(text) {
      const before = await this.sources.count();
      await this.ask(text);
      await this.sources.nth(before).waitFor();
    },
  };
}

/** What has the focus, looked up through shadow roots, as "tag: accessible label". */
export function focused(page) {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element ? `${element.localName}: ${element.getAttribute("aria-label") ?? element.textContent.trim().slice(0, 60)}` : "";
  });
}

export function clientIdOf(html) {
  return /data-client-id="([^"{}]+)"/.exec(html)?.[1];
}
