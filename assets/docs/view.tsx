// The reference as pure functions of the page's state.

import { docs as strings } from "../locales/en.json";
import { Prose } from "../shared/prose-view";
import { fill } from "../shared/strings";
import { countOf, filterGroups, type Answer, type Body, type Group, type Operation, type Parameter, type Reference } from "./reference";
import type { Row } from "./schema";

export type State =
  | { readonly kind: "loading" }
  | { readonly kind: "failed" }
  | { readonly kind: "shown"; readonly reference: Reference; readonly query: string; readonly target: string };

export function PageView({ state, search }: { state: State; search: (query: string) => void }) {
  if (state.kind !== "shown") {
    return <main class="message"><h1>{strings.title}</h1><p role="status">{state.kind === "loading" ? strings.loading : strings.load_failed}</p></main>;
  }
  const groups = filterGroups(state.reference.groups, state.query);
  return (
    <>
      <a class="skip" href="#content">{strings.skip}</a>
      <Header reference={state.reference} />
      <div class="columns">
        <div class="side">
          <Filter query={state.query} search={search} shown={countOf(groups)} total={countOf(state.reference.groups)} />
          <Contents groups={groups} />
        </div>
        <main id="content" tabIndex={-1}>
          <Introduction reference={state.reference} />
          {groups.map((group) => <GroupView key={group.name} group={group} target={state.target} />)}
        </main>
      </div>
    </>
  );
}

function Header({ reference }: { reference: Reference }) {
  return (
    <header class="top">
      <h1>{reference.title}</h1>
      <p>
        {reference.version !== "" && <span>{fill(strings.version, { version: reference.version })}</span>}
        <a href="/api/openapi.json">{strings.download}</a>
      </p>
    </header>
  );
}

function Filter({ query, search, shown, total }: { query: string; search: (query: string) => void; shown: number; total: number }) {
  const status = shown === 0 ? strings.filter_none : fill(strings.filter_count, { count: shown, total });
  return (
    <search>
      <label for="filter">{strings.filter}</label>
      <input id="filter" type="search" value={query} placeholder={strings.filter_hint} onInput={(event) => search(event.currentTarget.value)} />
      <p role="status" class="muted">{status}</p>
    </search>
  );
}

function Contents({ groups }: { groups: readonly Group[] }) {
  return (
    <nav aria-label={strings.contents}>
      {groups.map((group) => (
        <div key={group.name}>
          <p class="nav-group">{group.name}</p>
          <ul>
            {group.operations.map((operation) => (
              <li key={operation.id}><a href={`#${operation.id}`}>{operation.summary || `${operation.method} ${operation.path}`}</a></li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function Introduction({ reference }: { reference: Reference }) {
  return (
    <section class="introduction">
      <Prose text={reference.description} />
      {reference.credentials.length > 0 && (
        <>
          <h2>{strings.security}</h2>
          <dl>
            {reference.credentials.map(({ name, description }) => (
              <div key={name}><dt><code>{name}</code></dt><dd><Prose text={description} /></dd></div>
            ))}
          </dl>
        </>
      )}
    </section>
  );
}

function GroupView({ group, target }: { group: Group; target: string }) {
  return (
    <section>
      <h2>{group.name}</h2>
      <Prose text={group.description} />
      {group.operations.map((operation) => <OperationView key={operation.id} operation={operation} isTarget={operation.id === target} />)}
    </section>
  );
}

function OperationView({ operation, isTarget }: { operation: Operation; isTarget: boolean }) {
  const { method, path } = operation;
  return (
    <details id={operation.id} class="operation" open={isTarget ? true : undefined}>
      <summary>
        <h3>
          <span class={`method ${method.toLowerCase()}`}>{method}</span> <code class="path">{breakable(path)}</code>
          {operation.isDeprecated && <span class="badge">{strings.deprecated}</span>}
        </h3>
        <p>{operation.summary}</p>
      </summary>
      <div class="inside">
        <Prose text={operation.description} />
        <p><strong>{strings.access}:</strong> {operation.access}</p>
        {operation.parameters.length > 0 && <><h4>{strings.parameters}</h4><ParameterTable parameters={operation.parameters} /></>}
        {operation.request.length > 0 && <><h4>{strings.request}</h4><Prose text={operation.requestNote} /><Bodies bodies={operation.request} label={`${method} ${path}`} /></>}
        <h4>{strings.responses}</h4>
        {operation.answers.map((answer) => <AnswerView key={answer.status} answer={answer} label={`${method} ${path}`} />)}
        {operation.codes.length > 0 && <><h4>{strings.problem_codes}</h4><Codes codes={operation.codes} /></>}
        <h4>{strings.try}</h4>
        <Code text={operation.curl} label={`${strings.try}: ${method} ${path}`} />
      </div>
    </details>
  );
}

/** Lets a long path break after its slashes on a narrow screen. */
function breakable(path: string) {
  return path.split(/(?<=\/)/).map((part) => [part, <wbr />]);
}

function ParameterTable({ parameters }: { parameters: readonly Parameter[] }) {
  return (
    <table>
      <thead><tr><th scope="col">{strings.name}</th><th scope="col">{strings.place}</th><th scope="col">{strings.type}</th><th scope="col">{strings.description}</th></tr></thead>
      <tbody>
        {parameters.map((parameter) => (
          <tr key={`${parameter.place}:${parameter.name}`}>
            <th scope="row"><NameCell row={parameter} /></th>
            <td data-label={strings.place}>{parameter.place}</td>
            <td data-label={strings.type}>{parameter.type}</td>
            <td><Explanation row={parameter} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function FieldTable({ rows }: { rows: readonly Row[] }) {
  return (
    <table>
      <thead><tr><th scope="col">{strings.name}</th><th scope="col">{strings.type}</th><th scope="col">{strings.description}</th></tr></thead>
      <tbody>
        {rows.map((row, position) => (
          <tr key={position}>
            <th scope="row" class={`depth-${row.depth}`}><NameCell row={row} /></th>
            <td data-label={strings.type}>{row.type}</td>
            <td><Explanation row={row} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function NameCell({ row }: { row: Row }) {
  return <><code>{row.name}</code> <span class={row.isRequired ? "need" : "muted"}>{row.isRequired ? strings.required : strings.optional}</span></>;
}

function Explanation({ row }: { row: Row }) {
  return <><Prose text={row.description} />{row.notes.length > 0 && <p class="muted">{row.notes.join("; ")}</p>}</>;
}

function AnswerView({ answer, label }: { answer: Answer; label: string }) {
  return (
    <details class="answer" open={answer.status.startsWith("2") ? true : undefined}>
      <summary><span class={`status s${answer.status.slice(0, 1)}`}>{answer.status}</span> {answer.description || strings.no_body}</summary>
      <div class="inside">
        {answer.codes.length > 0 && <Codes codes={answer.codes} />}
        {answer.headers.length > 0 && <p><strong>{strings.headers}:</strong> {answer.headers.map((name) => <code key={name}>{name} </code>)}</p>}
        {answer.bodies.length === 0 ? <p class="muted">{strings.no_body}</p> : <Bodies bodies={answer.bodies} label={`${label} ${answer.status}`} />}
      </div>
    </details>
  );
}

function Codes({ codes }: { codes: readonly string[] }) {
  return <p class="codes"><strong>{strings.problem_codes}:</strong> {codes.map((code) => [<code key={code}>{code}</code>, " "])}</p>;
}

function Bodies({ bodies, label }: { bodies: readonly Body[]; label: string }) {
  return (
    <>
      {bodies.map((body) => (
        <div key={body.mediaType}>
          <p class="muted"><code>{body.mediaType}</code> {body.rows.some((row) => row.name !== "") ? "" : body.type}</p>
          {body.rows.some((row) => row.name !== "") && <FieldTable rows={body.rows} />}
          {body.examples.map((example) => (
            <figure key={example.name}>
              <figcaption>{example.name}</figcaption>
              <Code text={example.text} label={`${example.name}: ${label}`} />
            </figure>
          ))}
        </div>
      ))}
    </>
  );
}

/** A block that scrolls sideways must be reachable by keyboard, hence the tab stop and the name. */
function Code({ text, label }: { text: string; label: string }) {
  return <pre tabIndex={0} role="group" aria-label={label}><code>{text}</code></pre>;
}
