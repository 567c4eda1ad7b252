import { useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components/Tabs";
import { text } from "texts:install";
import { call, callClient, clientPath } from "../api";
import type { Overview, Schemas } from "../contract";
import { useQuery } from "../query";
import type { PageProps } from "../routes";
import { isByKey, useSession } from "../session";
import { CodeBlock } from "../ui/copy";
import { Button } from "../ui/button";
import { Card, PageHead } from "../ui/page";
import { Segments } from "../ui/segments";
import { Badge, QueryView } from "../ui/states";

type GuideId = keyof typeof text.guides;
const GUIDES = Object.keys(text.guides) as readonly GuideId[];

/** The line for a website, and where to put it. */
export function InstallPage({ client }: PageProps) {
  const { query, reload } = useQuery<Schemas["SnippetView"]>(clientPath(client, "/api/embed-snippet"), (signal) => callClient(client, "get", "/api/embed-snippet", { signal }));
  const [form, setForm] = useState<"usual" | "pinned">("usual");
  return (
    <>
      <PageHead title={text.title} lead={text.lead} />
      {!isByKey(useSession()) && <SeenCard client={client} />}
      <QueryView query={query} onRetry={reload} lines={8}>
        {(snippet) => {
          const line = form === "usual" ? snippet.html : snippet.pinned.html;
          return (
            <>
              <Card title={text.snippet} lead={form === "usual" ? text.usual_lead : text.pinned_lead}
                actions={<Segments label={text.form} value={form} onChange={setForm} choices={[{ value: "usual", label: text.usual }, { value: "pinned", label: text.pinned }]} />}>
                <CodeBlock code={line} label={text.snippet} />
              </Card>
              <Card title={text.guides_title}>
                <Tabs className="tabs">
                  <TabList className="tab-list" aria-label={text.guides_title}>{GUIDES.map((id) => <Tab key={id} id={id} className="tab">{text.guides[id].name}</Tab>)}</TabList>
                  {GUIDES.map((id) => (
                    <TabPanel key={id} id={id} className="tab-panel">
                      <ol className="steps">{text.guides[id].steps.map((step) => <li key={step}>{step}</li>)}</ol>
                      <CodeBlock code={line} label={text.snippet} />
                      <p className="hint">{text.guides[id].note}</p>
                    </TabPanel>
                  ))}
                </Tabs>
              </Card>
            </>
          );
        }}
      </QueryView>
    </>
  );
}

/** Whether a page has shown the widget already, by the same event as the overview's checklist. */
function SeenCard({ client }: { readonly client: string }) {
  const path = clientPath(client, "/api/overview");
  const { query, reload } = useQuery<Overview>(path, (signal) => call<Overview>("get", path, { signal }));
  if (query.kind !== "ready") return null;
  const isSeen = query.value.checklist.find(({ id }) => id === "seen")?.is_done ?? false;
  return (
    <Card title={text.seen_title} lead={isSeen ? text.seen : text.not_seen}
      actions={isSeen ? <Badge tone="good">{text.seen_badge}</Badge> : <Button isSmall icon="retry" isBusy={query.isReading} onPress={reload}>{text.check_again}</Button>}>
      {null}
    </Card>
  );
}
