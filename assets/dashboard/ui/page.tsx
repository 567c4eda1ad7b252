import { useEffect, type ReactNode } from "react";
import { text } from "texts:common";
import { fill } from "../../shared/strings";
import { useProduct } from "../session";

/** The head of a page; also names the browser's tab. */
export function PageHead({ title, lead, actions, above }: { readonly title: string; readonly lead?: ReactNode; readonly actions?: ReactNode; readonly above?: ReactNode }) {
  const product = useProduct();
  useEffect(() => {
    document.title = product === "" ? title : fill(text.tab_title, { title, product });
  }, [title, product]);
  return (
    <header className="page-head">
      {above}
      <div className="page-title">
        <h1 tabIndex={-1}>{title}</h1>
        {lead && <p className="lead">{lead}</p>}
      </div>
      {actions && <div className="page-actions">{actions}</div>}
    </header>
  );
}

export function Card({ title, lead, actions, children, id }: { readonly title?: string; readonly lead?: ReactNode; readonly actions?: ReactNode; readonly children: ReactNode; readonly id?: string }) {
  return (
    <section className="card" {...(id ? { id } : {})}>
      {title && (
        <header className="card-head">
          <div>
            <h2>{title}</h2>
            {lead && <p className="hint">{lead}</p>}
          </div>
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}
