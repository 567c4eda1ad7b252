// The third-party judge of our calls to language models: `@copilotkit/aimock`, with an answer or a fault for each
// word that a message may hold. Prints its address, and ends when its standard input does.

import { createRequire } from "node:module";

const { LLMock } = createRequire(new URL("../../../assets/package.json", import.meta.url))("@copilotkit/aimock");

const mock = new LLMock({ port: 0, host: "127.0.0.1" });
const refusal = (status, more = {}) => ({ error: { message: `status ${status}`, type: "test" }, status, ...more });
const text = "We open at nine and close at six.";

mock.onMessage("answer", { content: text }, { chunkSize: 5 });
mock.onMessage("unauthorised", refusal(401));
mock.onMessage("hurried", refusal(429, { retryAfter: 0 }));
mock.onMessage("overrun", refusal(429, { retryAfter: 3600 }));
mock.onMessage("broken", refusal(500));
mock.onMessage("garbage", { content: text }, { chaos: { malformedRate: 1 } });
mock.onMessage("dropped", { content: text }, { chaos: { dropRate: 1 } });
mock.onMessage("disconnected", { content: text }, { chaos: { disconnectRate: 1 } });
mock.onMessage("nothing", { content: "" });
mock.onMessage("middle", { content: text }, { chunkSize: 5, latency: 20, truncateAfterChunks: 5 });
mock.onMessage("silent", { content: text }, { chaos: { latencyMs: 30_000 } });
mock.onMessage("trickle", { content: text }, { chunkSize: 1, latency: 5 });

console.log(await mock.start());
process.stdin.on("end", () => mock.stop().finally(() => process.exit(0)));
process.stdin.resume();
