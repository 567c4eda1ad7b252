// Asks each of the demo's assistants one question over HTTP, as a visitor's browser would. Exit code 0: the node is
// ready and every answer rests on a source. 1: not yet, and standard error says why.
//
//   node packaging/demo-answers.mjs http://127.0.0.1:8080

const QUESTIONS = {
  "tallowick-cycles": "How late are you open on Thursdays?",
  "quince-and-ember": "How much is a country sourdough?",
};
const PATIENCE_MS = 10_000;

const base = (process.argv[2] ?? "http://127.0.0.1:8080").replace(/\/$/, "");

async function ask(path, init) {
  const response = await fetch(base + path, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
  return response;
}

async function answerOf(slug, message) {
  const page = await (await ask(`/demo/${slug}/`)).text();
  const clientId = /data-client-id="([^"{}]+)"/.exec(page)?.[1];
  if (!clientId) throw new Error(`/demo/${slug}/ names no client`);
  const body = JSON.stringify({ client_id: clientId, message });
  const headers = { "content-type": "application/json", origin: base };
  const answer = await (await ask("/api/chat", { method: "POST", headers, body })).json();
  if (answer.citations.length === 0) throw new Error(`${slug} has no source yet for "${message}"`);
  return answer.response;
}

try {
  await ask("/healthz/ready");
  for (const [slug, question] of Object.entries(QUESTIONS)) {
    console.log(`${slug}: ${question}\n${await answerOf(slug, question)}\n`);
  }
} catch (error) {
  console.error(error.cause?.message ?? error.message);
  process.exitCode = 1;
}
