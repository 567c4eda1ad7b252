import { useEffect, type ReactNode } from "react";

/** The frame of pages for people who are not signed in. */
export function Door({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <main className="door">
      <div className="door-card">
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}
