// Has the JavaScript client do what a test says, line by line: {"do": …} in, an answer out.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const client = await import(pathToFileURL(process.argv[2]));
const replicas = new Map();
const lines = new Map();
const given = new Map();

const seen = (who) => {
  const replica = replicas.get(who) ?? client.UNKNOWN;
  return { ...replica, shown: client.shown(replica), hasGap: client.hasGap(replica) };
};

const doing = {
  // What is known of a component, as values.
  patched: ({ value, patch, merge }) => {
    try {
      return { value: client.patched(value, { patch, merge }) };
    } catch (error) {
      if (error instanceof client.Misfit) return { misfit: error.message };
      throw error;
    }
  },
  forget: () => replicas.clear(),
  mutated: ({ who, wish }) => {
    replicas.set(who, client.mutated(replicas.get(who) ?? client.UNKNOWN, wish));
    return seen(who);
  },
  told: ({ who, message }) => {
    replicas.set(who, client.told(replicas.get(who) ?? client.UNKNOWN, message));
    return seen(who);
  },
  // The line to a server.
  open: ({ who, url, token }) => void lines.set(who, new client.UiSync(url, { token })),
  close: ({ who }) => lines.get(who).close(),
  drop: ({ who }) => lines.get(who)._socket.close(), // as a line that is cut
  watch: ({ who, component }) => {
    const one = lines.get(who).component(component);
    const shown = [];
    given.set(`${who} ${component}`, { shown, stop: one.subscribe(() => shown.push(one.value)) });
  },
  unwatch: ({ who, component }) => given.get(`${who} ${component}`).stop(),
  shown: ({ who, component }) => given.get(`${who} ${component}`).shown,
  value: ({ who, component }) => {
    const { value, version, pending } = lines.get(who).component(component);
    return { value, version, pending };
  },
  change: async ({ who, component, how, what, options }) => {
    try {
      return await lines.get(who).component(component)[how](what, options);
    } catch (error) {
      return { rejected: error.code ?? error.constructor.name, message: error.message };
    }
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, ...said } = JSON.parse(line);
  Promise.resolve(doing[said.do](said)).then((answer) =>
    process.stdout.write(`${JSON.stringify({ id, answer: answer ?? null })}\n`),
  );
}
process.exit(0);
