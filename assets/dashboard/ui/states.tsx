// What a part of a page shows before, instead of, and beside its content.

import { Fragment, type ReactNode } from "react";
import { text } from "texts:common";
import type { Failure } from "../api";
import type { Pages, Query } from "../query";
import { Button } from "./button";
import { Icon, type IconName } from "./icons";

export function QueryView<Value>({ query, onRetry, lines = 4, children }: {
  readonly query: Query<Value>;
  readonly onRetry: () => void;
  readonly lines?: number;
  readonly children: (value: Value) => ReactNode;
}) {
  switch (query.kind) {
    case "loading":
      return <Loading lines={lines} />;
    case "failed":
      return <FailureView failure={query.failure} onRetry={onRetry} />;
    case "ready":
      return <Fragment>{children(query.value)}</Fragment>;
  }
}

export function Loading({ lines = 4 }: { readonly lines?: number }) {
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">{text.loading}</span>
      {Array.from({ length: lines }, (_, line) => <i key={line} />)}
    </div>
  );
}

/** Trying again helps against none of these. */
const FINAL: Readonly<Record<string, string>> = { not_found: text.gone_title, client_inactive: text.suspended_title, forbidden: text.no_access_title };

export function FailureView({ failure, onRetry }: { readonly failure: Failure; readonly onRetry: () => void }) {
  return (
    <div className="state" role="alert">
      <Icon name="alert" />
      <h2>{FINAL[failure.code] ?? text.failed_title}</h2>
      <p>{failure.message}</p>
      {failure.requestId && failure.status >= 500 && <p className="hint">{text.request_id} <code>{failure.requestId}</code></p>}
      {!FINAL[failure.code] && <Button icon="retry" onPress={onRetry}>{text.retry}</Button>}
    </div>
  );
}

export function Empty({ icon, title, children, action }: { readonly icon: IconName; readonly title: string; readonly children?: ReactNode; readonly action?: ReactNode }) {
  return (
    <div className="state">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

export type Tone = "info" | "good" | "warn" | "danger";
const TONE_ICONS = { info: "info", good: "check", warn: "alert", danger: "alert" } as const;

export function Banner({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <div className={`banner ${tone}`} role={tone === "danger" ? "alert" : "note"}>
      <Icon name={TONE_ICONS[tone]} />
      <div>{children}</div>
    </div>
  );
}

export function Badge({ tone = "plain", children }: { readonly tone?: "plain" | "good" | "warn" | "danger" | "busy"; readonly children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

export function More<Item>({ pages }: { readonly pages: Pages<Item> }) {
  if (!pages.hasMore || pages.query.kind !== "ready") return null;
  return (
    <div className="more">
      {pages.more.kind === "failed" && <p className="field-error" role="alert">{pages.more.failure.message}</p>}
      <Button isBusy={pages.more.kind === "busy"} onPress={pages.loadMore}>{text.load_more}</Button>
    </div>
  );
}
